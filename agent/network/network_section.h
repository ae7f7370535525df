/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_SECTION_H
#define LANDER_NETWORK_NETWORK_SECTION_H

#include <stdio.h>

struct topology;
struct topology_interface;
struct topology_setup;

/** network_section_family(s): for RequiredFamilyForOnline=: "ipv4", "ipv6",
 *  or "any" when either will do. */
const char *network_section_family(const struct topology_setup *s);

/** network_section_vlans(out, t, i): the VLAN= lines of a parent. */
void network_section_vlans(FILE *out, const struct topology *t,
			   const struct topology_interface *i);

/** network_section_setup(out, t, i, s): all sections from [Network] on of a
 *  .network file; i is NULL in the file for every NIC.  Write errors stay in
 *  the stream. */
void network_section_setup(FILE *out, const struct topology *t,
			   const struct topology_interface *i,
			   const struct topology_setup *s);

#endif
