/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_STACK_H
#define LANDER_GUEST_STACK_H

struct interface;
struct netfiles;

/** What sets up the network of a copied system. */
enum stack {
	STACK_NONE,
	STACK_NETPLAN,
	STACK_IFUPDOWN,
	STACK_KEYFILE, /* NetworkManager */
	STACK_RHEL,    /* ifcfg in network-scripts: NetworkManager or ifup */
	STACK_NETWORKD,
	STACK_SUSE, /* ifcfg in /etc/sysconfig/network: wicked or ifup */
};

/** stack_find(root, files, item): the one that is in use for this interface:
 *  its files are there, and so is the program that reads them, as an enabled
 *  unit where it is one.  item may be NULL. */
enum stack stack_find(const char *root, const struct netfiles *files,
		      const struct interface *item);

/** stack_name(stack): for people. */
const char *stack_name(enum stack stack);

#endif
