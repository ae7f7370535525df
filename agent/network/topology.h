/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_TOPOLOGY_H
#define LANDER_NETWORK_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "network/ip_address.h"
#include "network/mac.h"

#define TOPOLOGY_NAME	    16 /* IFNAMSIZ */
#define TOPOLOGY_INTERFACES 64
#define TOPOLOGY_ADDRESSES  8
#define TOPOLOGY_ROUTES	    16
#define TOPOLOGY_SERVERS    8
#define TOPOLOGY_PENDING    32

struct topology_interface;
struct word;

/** How an interface gets addresses by itself; bits of setup.methods. */
enum topology_method {
	TOPOLOGY_DHCP4 = 1,
	TOPOLOGY_DHCP6 = 2,
	TOPOLOGY_RA = 4,    /* IPv6 router advertisements */
	TOPOLOGY_LINK6 = 8, /* fe80:: only */
	TOPOLOGY_LINK4 = 16 /* 169.254/16 */
};

enum topology_kind {
	TOPOLOGY_NIC,
	TOPOLOGY_VLAN,
	TOPOLOGY_BOND,
	TOPOLOGY_BRIDGE
};

struct topology_address {
	struct ip_address address;
	int prefix;
	struct ip_address peer; /* family 0: none */
};

struct topology_route {
	struct ip_address net; /* family 0: the default route */
	int prefix;
	struct ip_address gateway; /* family 0: the net is on the link */
};

/** A rd.route= word, until the assign room finds its interface. */
struct topology_pending {
	struct topology_route route;
	struct topology_interface *interface; /* NULL: not named */
	const struct word *word;
};

struct topology_servers {
	struct ip_address server[TOPOLOGY_SERVERS];
	size_t count;
};

/** What the ip= words ask of one interface. */
struct topology_setup {
	bool asked; /* an ip= word names it, or it took what any asks */
	unsigned int methods;
	struct topology_address address[TOPOLOGY_ADDRESSES];
	size_t address_count;
	struct topology_route route[TOPOLOGY_ROUTES];
	size_t route_count;
	struct topology_servers dns;
	struct topology_servers ntp;
	char hostname[254]; /* told to the DHCP server */
	char words[512];    /* the ip= words, safe to print */
};

/** One interface: a NIC that may exist, or a device that will be made. */
struct topology_interface {
	enum topology_kind kind;
	const struct word *word;  /* the word that named it first */
	char name[TOPOLOGY_NAME]; /* "" when only the MAC is known */
	bool has_mac;		  /* the NIC is found by its permanent MAC */
	struct mac mac;
	bool renamed; /* by ifname= */

	bool has_new_mac;
	struct mac new_mac;		   /* given to the interface */
	unsigned int mtu;		   /* bytes; 0 = as it is */
	struct topology_interface *master; /* the bond or bridge it is in */
	bool primary;			   /* of its bond */
	struct topology_interface *parent; /* of a VLAN */
	struct topology_interface *first;  /* of a bond or bridge: its MAC */
	unsigned int vlan_id;
	char options[1024]; /* lines of the [Bond] section */
	struct topology_setup setup;
};

/** All that the command line says.  Calloc it: about 200 KiB. */
struct topology {
	struct topology_interface interface[TOPOLOGY_INTERFACES];
	size_t count;
	struct topology_setup any; /* ip= that names no interface */
	bool ip_given;		   /* there is an ip= word */
	bool any_used;		   /* every NIC that is not named takes any */
	struct topology_servers dns;
	bool ignore_peer_dns; /* rd.peerdns=0 */
	struct topology_pending pending[TOPOLOGY_PENDING];
	size_t pending_count;
	struct topology_interface *bootdev;
	const struct word *bootdev_word;
	bool has_bootif;
	struct mac bootif;
	bool use_bootif; /* not rd.bootif=0 */
};

/** topology_name_valid(name): a name that is safe in files and that the kernel
 *  takes: letters, digits, '.', '_', '-', at most 15. */
bool topology_name_valid(const char *name);

/** topology_by_name(t, name): found or made; NULL when there are too many. */
struct topology_interface *topology_by_name(struct topology *t,
					    const char *name);
struct topology_interface *topology_by_mac(struct topology *t,
					   const struct mac *mac);

/** topology_has_name(t, name): an interface of that name is known. */
bool topology_has_name(const struct topology *t, const char *name);

/** topology_find(t, text): an interface field: a name, or a MAC between '-' or
 *  inside [ ], or BOOTIF.  NULL when it is none of these, or too many. */
struct topology_interface *topology_find(struct topology *t, const char *text);

/** topology_label(i, buf): its name, or its MAC with '-'; for file names. */
const char *topology_label(const struct topology_interface *i,
			   char buf[MAC_TEXT]);

/** topology_is_parent(t, i): it carries a VLAN. */
bool topology_is_parent(const struct topology *t,
			const struct topology_interface *i);

/** topology_merge(to, from): what another ip= word asks on top; false when it
 *  does not fit. */
bool topology_merge(struct topology_setup *to,
		    const struct topology_setup *from);

/** topology_add_server(servers, address): false when there are too many;
 *  one that is there already is not added again. */
bool topology_add_server(struct topology_servers *servers,
			 const struct ip_address *address);

#endif
