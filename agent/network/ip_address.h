/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_ADDRESS_H
#define LANDER_NETWORK_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define ADDRESS_TEXT 46 /* the longest IPv6 address and its zero */

/** An IPv4 or IPv6 address. */
struct address {
	int family;	   /* AF_INET, AF_INET6; 0 = no address */
	uint8_t octet[16]; /* network order; IPv4 uses the first 4 */
};

/** address_parse(text, ret): with or without [ ]; no zone, no prefix. */
bool address_parse(const char *text, struct address *ret);

/** address_parse_net(text, ret, ret_prefix): "10.0.0.0/8", "[fd00::]/64",
 *  "[fd00::/64]"; dracut.cmdline(7) writes the last for rd.route=.  Without a
 *  length *ret_prefix is -1.  Bits behind the prefix are kept. */
bool address_parse_net(const char *text, struct address *ret, int *ret_prefix);

/** address_parse_mask(text, family, ret): a prefix length, or for IPv4 a
 *  dotted mask without gaps. */
bool address_parse_mask(const char *text, int family, int *ret_prefix);

/** address_bits(family): 32 or 128. */
int address_bits(int family);

/** address_format(address, buf): without [ ]. */
const char *address_format(const struct address *address,
			   char buf[ADDRESS_TEXT]);

/** address_is_host(address): one machine can have it (not 0.0.0.0, ::,
 *  loopback, multicast or 255.255.255.255). */
bool address_is_host(const struct address *address);

bool address_is_zero(const struct address *address);

/** address_is_link_local(address): fe80::/10, reachable without a route. */
bool address_is_link_local(const struct address *address);

/** address_same_net(a, b, prefix): same family and first prefix bits. */
bool address_same_net(const struct address *a, const struct address *b,
		      int prefix);

/** address_mask(address, prefix): clear the bits behind the prefix. */
void address_mask(struct address *address, int prefix);

#endif
