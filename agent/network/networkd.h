/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORKD_H
#define LANDER_NETWORK_NETWORKD_H

struct error;
struct topology;
struct unit_files;

/**
 * networkd_make(t, files, err): the topology as files, in the order in which
 * systemd-networkd looks at them (the first that matches a link counts):
 *   10-lander-NAME.link      ifname=, bond=, bridge=
 *   20-lander-NAME.netdev    vlan=, bond=, bridge=
 *   30-lander-IF.network     an interface that a word names
 *   90-lander-any.network    every other NIC, when ip= names none
 *   95-lander-others.network every other NIC stays down
 * Facts: systemd.link(5), systemd.netdev(5), systemd.network(5) of 257.
 * Errors: ENOMEM.
 */
int networkd_make(const struct topology *t, struct unit_files *files,
		  struct error **err);

#endif
