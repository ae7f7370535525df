/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_NEED_H
#define LANDER_PLAN_FIT_NEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fit_work;

/** How full something is on the source, bytes. */
struct fit_need_use {
	uint64_t size;
	uint64_t used;
	uint64_t files;
	bool known; /* used and files are; else it is taken for full */
};

/** fit_need_leaf(work, node, use): what the file system or swap in a node
 *  needs, and would like. */
void fit_need_leaf(struct fit_work *work, size_t node,
		   const struct fit_need_use *use);

#endif
