/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_IP_FIELD_H
#define LANDER_NETWORK_IP_FIELD_H

#include "network/topology.h"
#include "network/words.h"

struct problems;

/** One ip= word while it is read. */
struct ip_field {
	const struct word *word;
	struct problems *problems;
	struct fields fields;
	struct topology_setup setup; /* what the word asks for */
	unsigned int mtu;	     /* 0: none given */
	bool has_mac;
	struct mac mac;
};

/* All return false after they have added a problem. */

/** ip_field_is_method(text): the first name of a list is a method. */
bool ip_field_is_method(const char *text);

/** ip_field_methods(f, list): names between ','; list is cut up. */
bool ip_field_methods(struct ip_field *f, char *list);

/** ip_field_unknown(f, name): the problem of a wrong method. */
bool ip_field_unknown(struct ip_field *f, const char *name);

/** ip_field_rest(f, at, servers): from field at on: [MTU][:MAC], and then
 *  DNS1, DNS2 and NTP where they may stand. */
bool ip_field_rest(struct ip_field *f, size_t at, bool servers);

/** ip_field_hostname(f, text): for the DHCP server; "" is none. */
bool ip_field_hostname(struct ip_field *f, const char *text);

/** ip_field_client(f, client, peer, mask): the static address. */
bool ip_field_client(struct ip_field *f, const char *client, const char *peer,
		     const char *mask);

/** ip_field_gateway(f, text): the default route; "" is none. */
bool ip_field_gateway(struct ip_field *f, const char *text);

#endif
