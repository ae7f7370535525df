/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_BOND_H
#define LANDER_NETWORK_BOND_H

#include <stdbool.h>
#include <stddef.h>

#include "network/topology.h"

struct error;
struct problems;
struct word;

/**
 * bond_parse_options(options, bond, ret_primary, word, problems): the options
 * of a bond= word, NAME=VALUE between ',' (several arp_ip_target between ';'),
 * as lines of the [Bond] section of systemd.netdev(5) into bond->options. Names
 * and values are those of the kernel's Documentation/networking/bonding.rst,
 * numbers for named values included.  *ret_primary gets the slave that
 * primary= names, or "".  Without miimon and arp_interval the links are looked
 * at every 100 ms: a bond that looks at none never fails over.
 * Returns 0 (with problems added, maybe) or -ENOMEM.
 */
int bond_parse_options(const char *options, struct topology_interface *bond,
		       char ret_primary[TOPOLOGY_NAME + 8],
		       const struct word *word, struct problems *problems);

#endif
