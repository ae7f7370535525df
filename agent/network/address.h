/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_ADDRESS_H
#define LANDER_NETWORK_ADDRESS_H

#include <stdbool.h>

#define ADDRESS_TEXT 46 /* INET6_ADDRSTRLEN */
#define ADDRESS_DNS  4

/** What an interface of the copied system is to have. */
struct address {
	bool dhcp; /* nothing else counts then */
	bool ipv6;
	char ip[ADDRESS_TEXT];
	unsigned prefix;
	char gateway[ADDRESS_TEXT]; /* "" for none */
	char dns[ADDRESS_DNS][ADDRESS_TEXT];
	unsigned servers;
};

/** address_parse(text, ret): "dhcp" or
 *  "static:ADDRESS/PREFIX[,GATEWAY[,DNS…]]", IPv4 or IPv6; the gateway of the
 *  address's family, and it may be empty.  False for anything else. */
bool address_parse(const char *text, struct address *ret);

/** address_describe(address, buf, room): "192.0.2.5/24 by 192.0.2.1". */
const char *address_describe(const struct address *address, char *buf,
			     unsigned room);

#endif
