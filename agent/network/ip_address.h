/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_IP_ADDRESS_H
#define LANDER_NETWORK_IP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define IP_ADDRESS_TEXT 46 /* the longest IPv6 address and its zero */

/** An IPv4 or IPv6 address. */
struct ip_address {
	int family;	   /* AF_INET, AF_INET6; 0 = no address */
	uint8_t octet[16]; /* network order; IPv4 uses the first 4 */
};

/** ip_address_parse(text, ret): with or without [ ]; no zone, no prefix. */
bool ip_address_parse(const char *text, struct ip_address *ret);

/** ip_address_parse_net(text, ret, ret_prefix): "10.0.0.0/8", "[fd00::]/64",
 *  "[fd00::/64]"; dracut.cmdline(7) writes the last for rd.route=.  Without a
 *  length *ret_prefix is -1.  Bits behind the prefix are kept. */
bool ip_address_parse_net(const char *text, struct ip_address *ret,
			  int *ret_prefix);

/** ip_address_parse_mask(text, family, ret): a prefix length, or for IPv4 a
 *  dotted mask without gaps. */
bool ip_address_parse_mask(const char *text, int family, int *ret_prefix);

/** ip_address_bits(family): 32 or 128. */
int ip_address_bits(int family);

/** ip_address_format(address, buf): without [ ]. */
const char *ip_address_format(const struct ip_address *address,
			      char buf[IP_ADDRESS_TEXT]);

/** ip_address_is_host(address): one machine can have it (not 0.0.0.0, ::,
 *  loopback, multicast or 255.255.255.255). */
bool ip_address_is_host(const struct ip_address *address);

/** ip_address_is_link_local(address): fe80::/10, reachable without a route. */
bool ip_address_is_link_local(const struct ip_address *address);

/** ip_address_same_net(a, b, prefix): same family and first prefix bits. */
bool ip_address_same_net(const struct ip_address *a, const struct ip_address *b,
			 int prefix);

/** ip_address_mask(address, prefix): clear the bits behind the prefix. */
void ip_address_mask(struct ip_address *address, int prefix);

#endif
