/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_COLLECT_H
#define LANDER_SOURCE_COLLECT_H

#include <stdbool.h>

struct devices;
struct hold;
struct mount;

/** How well a file system can be got at: hold_system.rank. */
enum collect_rank {
	COLLECT_NOT,	   /* every mount of it is hidden */
	COLLECT_FOREIGN,   /* in another mount namespace: it can be frozen */
	COLLECT_READ_ONLY, /* through mounts that are read-only: likewise */
	COLLECT_WELL,
};

/** collect_systems(hold, devices): all file systems on them that may be
 *  written to, opened; loop devices on those join the devices, and all devices
 *  that are mounted are marked as used.  false: there are too many. */
bool collect_systems(struct hold *hold, struct devices *devices);

/** collect_bystanders(hold, devices): all other ones of this machine, which
 *  sysrq-u would touch. */
bool collect_bystanders(struct hold *hold, struct devices *devices);

/** collect_open(mount): this very mount, not one that hides it, for reading; a
 *  descriptor or a negative errno. */
long collect_open(const struct mount *mount);

/** collect_find(hold, number): the one with this number, or NULL. */
struct hold_system *collect_find(struct hold *hold, const char *number);

#endif
