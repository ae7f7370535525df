/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_SIZE_H
#define LANDER_PLAN_FIT_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fit_work;

/** How full something is on the source, bytes. */
struct fit_size_use {
	uint64_t size;
	uint64_t used;
	uint64_t files;
	bool known; /* used and files are; else it is taken for full */
};

/** fit_size_leaf(work, node, use): what the file system or swap in a node
 *  needs, and would like. */
void fit_size_leaf(struct fit_work *work, size_t node,
		   const struct fit_size_use *use);

/** fit_size_all(work): sizes of everything, from what is made in it up to the
 *  disks, and back with what there is.  Where it does not fit, that is among
 *  the reasons, and fit->missing is how much. */
void fit_size_all(struct fit_work *work);

#endif
