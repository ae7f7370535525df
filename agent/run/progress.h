/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PROGRESS_H
#define LANDER_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pass_progress;
struct status;

/** A pass as people see it. */
struct progress_view {
	const char *label;
	const struct pass_progress *progress;
	double rate; /* bytes a second, 0 for not yet known */
	double age;  /* seconds since it began */
	bool paused; /* by order */
};

/** How fast a pass is: a sliding look back. */
struct progress_pace {
	double at;     /* by io_seconds() */
	uint64_t done; /* bytes, then */
	double rate;   /* bytes a second, 0 for not yet known */
};

/** progress_measure(pace, done, now): once a second or so. */
void progress_measure(struct progress_pace *pace, uint64_t done, double now);

/** progress_now(view, buf, room): "copying vda: 41 %, …, 0:48 left". */
void progress_now(const struct progress_view *view, char *buf, size_t room);

/** progress_pause(age): seconds between two lines: short at first, then quiet.
 */
double progress_pause(double age);

/** progress_end(view, buf, room): what it did, when it is over. */
void progress_end(const struct progress_view *view, char *buf, size_t room);

/** progress_describe(status, view, buf, room): where the job is, with its pass
 *  when one runs, or why it failed, in one line. */
void progress_describe(const struct status *status,
		       const struct progress_view *view, char *buf,
		       size_t room);

#endif
