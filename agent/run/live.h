/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_LIVE_H
#define LANDER_RUN_LIVE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "config/cutover.h"
#include "plan/convergence.h"

struct error;
struct machine;
struct migrate;
struct source_spec;

/** A source that runs while it is copied, and what was done to it. */
struct live {
	bool on; /* somebody may write to a disk of the job */
	struct cutover cutover;
	struct quiesce quiesce;
	double deadline; /* CUTOVER_AT: io_seconds() */
	struct machine *machine;
	struct convergence convergence;
	struct convergence_disk *disk; /* of each disk of the job */
	bool *tracked;		       /* its writes are being noted */
	bool reopened;	   /* the session is new: nothing was noted before it */
	uint64_t missed;   /* bytes that the notes did not name */
	double began;	   /* of the full pass, by control_seconds() */
	double round_s;	   /* how long the last round took */
	bool held;	   /* quiesced, and not told to go on */
	bool fenced;	   /* it is off, or off its networks */
	bool doubtful;	   /* it was told so, and did not refuse: it may be */
	double held_since; /* io_seconds() of the order to quiesce */
	time_t held_at;
	char moment[24]; /* that, in words */
	double held_for; /* seconds, once it is over; 0: it never was */
	double downtime; /* seconds from there to the commit */
	unsigned int tries;
	char words[300]; /* what became of it, for the failure screen */

	pthread_t watcher; /* run/release.h */
	bool watched;
	_Atomic bool watch_over;
};

/** live_check(m, err): whether the job's source is one, and can be held still
 *  as the job asks; opens the session.  For a fence only: the session.
 *  Errors: ERROR_REFUSED, who is in the way. */
int live_check(struct migrate *m, struct error **err);

/** live_tell(m, err): that part of the plan, in words. */
int live_tell(struct migrate *m, struct error **err);

/** live_connect(m, err): a session, again if it was lost; waits for
 *  reconnect=. */
int live_connect(struct migrate *m, struct error **err);

/** live_hold(m, err): nothing writes to the disks from now on, and that moment
 *  is marked. */
int live_hold(struct migrate *m, struct error **err);

/** live_held(m, err): it stood still from live_hold() until now: the session
 *  lives, and no disk has counted a write.  Errors: ERROR_NETWORK when it may
 *  have gone on: what was learned since is worth nothing. */
int live_held(struct migrate *m, struct error **err);

/** live_release(m): it goes on, as far as that is in our hand; sets words.
 *  Does nothing when it was not held. */
void live_release(struct migrate *m);

/** live_words(m): what became of the source, one line. */
const char *live_words(const struct migrate *m);

void live_done(struct migrate *m);

#endif
