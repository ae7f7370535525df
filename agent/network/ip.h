/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_IP_H
#define LANDER_NETWORK_IP_H

#include <stdbool.h>

struct error;
struct problems;
struct topology;
struct word;

/**
 * ip_parse(t, word, problems, err): one ip= word of dracut.cmdline(7) into the
 * topology.  What is wrong goes to problems.  Forms:
 *   METHODS
 *   IF:METHODS[:[MTU][:MAC]]
 *   CLIENT:[PEER]:[GATEWAY]:MASK:[HOST]:[IF]:[METHODS][:[MTU][:MAC]][:DNS1
 *                                                     [:DNS2[:NTP]]]
 * METHODS is one word or several between ','.  IF is a name, a MAC written
 * with '-' or inside [ ], or BOOTIF.  A MAC after a named IF is given to it; a
 * MAC without IF selects the NIC.  Returns 0 or -ENOMEM.
 */
int ip_parse(struct topology *t, const struct word *word,
	     struct problems *problems, struct error **err);

#endif
