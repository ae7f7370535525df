/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_OBSTACLE_H
#define LANDER_RUN_OBSTACLE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct files_result;
struct migrate;

/** Files that keep a copy of files from becoming equal to its source, as the
 *  last pass found them: a source that has some is not stopped. */
struct obstacle {
	uint64_t unreadable; /* there */
	uint64_t unkept;     /* here: an attribute, a flag, a name */
	uint64_t different;  /* … after they came once more; no obstacle yet */
	char *names;	     /* the first of them, and why */
	char *advice;
	bool raised; /* obstacle_error() was the last word */
};

/** obstacle_seen(m, result): a pass over all files is over; what it found is
 *  told when that is news, and so is that it is gone.  */
void obstacle_seen(struct migrate *m, const struct files_result *result);

/** obstacle_is(m): there is one. */
bool obstacle_is(const struct migrate *m);

/** obstacle_error(m, err): that, as an error: ERROR_SOURCE or ERROR_TARGET. */
int obstacle_error(struct migrate *m, struct error **err);

/** obstacle_different(m, count, err): so many files differ, though they came
 *  once more: ERROR_VERIFY. */
int obstacle_different(struct migrate *m, uint64_t count, struct error **err);

/** obstacle_advice(m): what to try after either of them; NULL when another pass
 *  has been made since. */
const char *obstacle_advice(const struct migrate *m);

/** obstacle_begin(m): the wait for its end begins, in words. */
void obstacle_begin(struct migrate *m);

void obstacle_done(struct obstacle *obstacle);

#endif
