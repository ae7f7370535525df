/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PROGRESS_H
#define LANDER_RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct pass_progress;

/** A pass as people see it. */
struct progress_view {
	const char *label;
	const struct pass_progress *progress;
	double rate; /* bytes a second, 0 for not yet known */
	double age;  /* seconds since it began */
	bool paused; /* by order */
};

/** progress_now(view, buf, room): "copying vda: 41 %, …, 0:48 left". */
void progress_now(const struct progress_view *view, char *buf, size_t room);

/** progress_end(view, buf, room): what it did, when it is over. */
void progress_end(const struct progress_view *view, char *buf, size_t room);

#endif
