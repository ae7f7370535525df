/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_ASSIGN_H
#define LANDER_NETWORK_ASSIGN_H

struct problems;
struct topology;

/**
 * assign_all(t, problems): when all words are read, decide who gets what.
 * - ip= without an interface (or no ip= at all: DHCP and IPv6
 *   autoconfiguration) goes to every NIC and every made interface that no ip=
 *   names and that is neither a slave nor a VLAN's parent.  With BOOTIF= it
 *   goes to that NIC only.
 * - a rd.route= without an interface goes where its gateway is in reach, else
 *   to bootdev=, else to the only one there is.
 * Contradictions (a slave with an address, loops, …) become problems.
 */
void assign_all(struct topology *t, struct problems *problems);

#endif
