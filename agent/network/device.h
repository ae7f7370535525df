/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_DEVICE_H
#define LANDER_NETWORK_DEVICE_H

struct error;
struct problems;
struct topology;
struct word;

/**
 * device_parse_vlan(), _bond(), _bridge(): one word of dracut.cmdline(7) that
 * makes an interface out of others.  What is wrong goes to problems.
 *   vlan=NAME:PARENT        NAME is vlan5, vlan0005, PARENT.5 or PARENT.0005
 *   bond=NAME[:SLAVE,…[:OPTION=VALUE,…[:MTU]]]
 *   bridge=NAME:PORT,…
 * A slave or parent is a name or a MAC (with '-', or inside [ ]).  Alone, bond
 * means bond0:eth0,eth1:mode=balance-rr and bridge means br0:eth0.
 * Return 0 or -ENOMEM.
 */
int device_parse_vlan(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err);
int device_parse_bond(struct topology *t, const struct word *word,
		      struct problems *problems, struct error **err);
int device_parse_bridge(struct topology *t, const struct word *word,
			struct problems *problems, struct error **err);

#endif
