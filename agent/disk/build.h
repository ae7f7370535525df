/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_BUILD_H
#define LANDER_DISK_BUILD_H

#include <stdatomic.h>
#include <stdbool.h>

struct design;
struct error;
struct luks_key;
struct rootfs;

/** How a design is put on its disks. */
struct build_order {
	const struct luks_key *key; /* for containers; NULL: there are none */
	const _Atomic bool *stop;   /* NULL: nobody stops it */
};

/**
 * build_make(design, order, err): everything in the design, the first before
 * what stands on it; ->device of each DESIGN_DISK says where, all else is
 * filled in.  What was on those disks is lost.  All of it is open when it
 * returns; after an error nothing is, and what was written stays.
 */
int build_make(struct design *design, const struct build_order *order,
	       struct error **err);

/** build_open(design, order, err): the same of what build_make() made before:
 *  arrays, containers and groups are opened, nothing is changed. */
int build_open(struct design *design, const struct build_order *order,
	       struct error **err);

/** build_close(design, err): what stands on the disks is closed, the last
 *  first; waits a moment for who still uses it.  May be called again. */
int build_close(struct design *design, struct error **err);

/** build_tree(design, ret, err): its file systems as a tree to mount. */
int build_tree(const struct design *design, struct rootfs *ret,
	       struct error **err);

#endif
