/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FITTING_DISKS_H
#define LANDER_RUN_FITTING_DISKS_H

#include <stddef.h>

#include "plan/fit.h"

struct error;
struct match_wishes;
struct migrate;

/** Places in m->disks of the disks that take the new layout, in their order. */
struct fitting_disks {
	size_t disk[FIT_DISKS];
	size_t count;
	size_t onto[FIT_DISKS]; /* of each source, a place in disk[] */
};

/** fitting_disks(m, wishes, ret, err): those that the job names, else those
 * that an earlier start took, one for each disk of the source, else the one
 * that is empty, else as many empty ones as the source has, size by size.
 * Errors: ERROR_REFUSED, ERROR_CONFIG. */
int fitting_disks(const struct migrate *m, const struct match_wishes *wishes,
		  struct fitting_disks *ret, struct error **err);

#endif
