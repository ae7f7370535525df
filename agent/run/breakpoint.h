/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_BREAKPOINT_H
#define LANDER_RUN_BREAKPOINT_H

struct error;
struct migrate;

/**
 * breakpoint_stop(m, stage, target, err): when lander.break names this stage, a
 * shell before it; target: one line, what state the disks are in.  Returns when
 * the job is to go on, or to see an order to abort.
 * Errors: ERROR_REFUSED outside the live system, and where no shell can open;
 * ERROR_ABORTED when a source that stands still was waiting too long.
 */
int breakpoint_stop(struct migrate *m, const char *stage, const char *target,
		    struct error **err);

#endif
