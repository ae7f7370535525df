/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_STACK_WRITE_H
#define LANDER_GUEST_STACK_WRITE_H

#include "guest/stack.h"

struct address;
struct error;
struct interface;
struct netfiles;

/** Which interface is to have which address. */
struct stack_target {
	const char *root;
	const struct netfiles *files;
	const struct interface *item; /* NULL or without a name: by mac */
	const char *mac;	      /* of the NIC of this machine */
	const struct address *address;
	char where[300];     /* returned: the file that was written */
	const char *refused; /* returned: why nothing was written */
};

/**
 * stack_write(stack, target, err): the address in that stack's own words.
 * netplan: in place of the interface's block; ifupdown: in place of its iface
 * stanzas; NetworkManager: a connection of priority 999; systemd-networkd: a
 * .network that comes before all others; ifcfg: the interface's file.
 * Returns 1 when something was written, 0 when it was there (or refused).
 * Source: netplan(5), interfaces(5), nm-settings-keyfile(5),
 * systemd.network(5), sysconfig.txt of initscripts, ifcfg(5) and routes(5) of
 * wicked.
 */
int stack_write(enum stack stack, struct stack_target *target,
		struct error **err);

#endif
