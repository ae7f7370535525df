/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_COVERAGE_H
#define LANDER_SOURCE_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

struct devices;
struct hold;
struct lvm_part;
struct mapper_target;
struct text;

#define COVERAGE_GROUPS 16U

/** A volume group, some of which is on these disks. */
struct coverage_group {
	char name[128];
	uint64_t extent; /* bytes */
	uint64_t free;	 /* extents */
};

/** What is found out on the way to a view of the disks. */
struct coverage {
	struct hold *hold; /* its view is filled */
	struct devices *devices;
	struct text *why;
	struct coverage_group group[COVERAGE_GROUPS];
	unsigned int groups;
};

/** coverage_make(coverage): which parts of the disks are read from a snapshot,
 *  kept in memory, left out, or watched, so that nothing of the machine's
 *  going on is seen; what can't be covered is named in why.  0, or a positive
 *  errno. */
int coverage_make(struct coverage *coverage);

/** coverage_place(hold, devices, number, ret_disk, ret_start): where on which
 *  disk of the view this partition begins, or that disk itself. */
bool coverage_place(const struct hold *hold, struct devices *devices,
		    const char *number, uint32_t *ret_disk,
		    uint64_t *ret_start);

/** coverage_complain(coverage, name, words): one more thing in the way. */
void coverage_complain(struct coverage *coverage, const char *name,
		       const char *words);

#endif
