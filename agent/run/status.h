/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_STATUS_H
#define LANDER_RUN_STATUS_H

#include <stdbool.h>
#include <stdint.h>

struct pass_progress;

/** How the rounds of a running source go.  Seconds; predicted_s may be
 *  infinite. */
struct status_rounds {
	unsigned int round; /* the last one that is over; 0: none yet */
	uint64_t differing; /* bytes, of it */
	double predicted_s; /* downtime */
	double budget_s;    /* what of it was allowed */
	double downtime_s;  /* measured, once it is over; else 0 */
};

/** What the status file says, as JSON. */
struct status {
	char job[37];
	char stage[32];
	char state[24]; /* "running", "awaiting-cutover", "failed", "waiting",
			 * "done" */
	char *failure;	/* message, NULL without one */
	char *hint;
	int exit_status;
	const char *pass;		      /* label of the pass that runs */
	const struct pass_progress *progress; /* NULL between passes */
	double rate;			      /* bytes a second */
	struct status_rounds rounds;
	bool paused; /* by order */
};

/** status_write(status, path): replace the file; one that can't be written
 *  stops nothing. */
void status_write(const struct status *status, const char *path);

/** status_percent(done, total): 0..100; 100 of nothing. */
int status_percent(unsigned long long done, unsigned long long total);

#endif
