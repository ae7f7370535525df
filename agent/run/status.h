/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_STATUS_H
#define LANDER_RUN_STATUS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct machine_id;
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
	char state[24]; /* "running", "awaiting-cutover", "break", "failed",
			 * "waiting", "done" */
	char *failure;	/* message, NULL without one */
	char *hint;
	char *receipt; /* JSON, NULL without one: for the last event */
	int exit_status;
	const char *pass;		      /* label of the pass that runs */
	const struct pass_progress *progress; /* NULL between passes */
	double rate;			      /* bytes a second */
	struct status_rounds rounds;
	bool paused; /* by order */
};

/** What happened just now, beside what is. */
struct status_event {
	const char *kind;    /* "stage", "progress", "round", "state", "end" */
	const char *message; /* for people */
	unsigned long sequence; /* from 1, without a gap when none is lost */
	const struct machine_id *machine;
};

/** status_write(status, path): replace the file; one that can't be written
 *  stops nothing. */
void status_write(const struct status *status, const char *path);

/** status_event(status, event): the same as one JSON text without line ends,
 *  with what happened in front and, at the end of a job, the receipt; from
 *  malloc(3), NULL without memory. */
char *status_event(const struct status *status,
		   const struct status_event *event);

/** status_ended(status): nothing more will come of this try. */
bool status_ended(const struct status *status);

/** status_begin(status, job): a try of that job: nothing of an earlier one is
 *  news of it. */
void status_begin(struct status *status, const char *job);

/** status_enter(status, state): one that goes on has not ended. */
void status_enter(struct status *status, const char *state);

/** status_pause(status, paused): by order; true: that is news. */
bool status_pause(struct status *status, bool paused);

/** status_forget_end(status): how a try ended. */
void status_forget_end(struct status *status);

/** status_reason(exit_status): "network"; names that stay, for programs. */
const char *status_reason(int exit_status);

/** status_percent(done, total): 0..100; 100 of nothing. */
int status_percent(unsigned long long done, unsigned long long total);

#endif
