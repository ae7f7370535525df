/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_COURSE_H
#define LANDER_COPY_COURSE_H

#include <stdbool.h>
#include <stdint.h>

#include "copy/crew.h"

struct chunkmap_digest;
struct error;

#define COURSE_THREADS 2U /* when the pass does not say */

/** What the owner of a pass knows of it. */
struct course {
	struct crew crew; /* with its queue */
	double began;
	uint64_t end; /* of what is brought over */
	bool marks;   /* checkpoints follow the watermark */
	struct chunkmap_digest *digest;
	double last_time;    /* of the last checkpoint */
	uint64_t last_place; /* its watermark */
	uint64_t zero_step;  /* bytes, by how long the last one took */
};

/** course_init(course, pass, end): nothing to do yet; fill in crew.queue. */
void course_init(struct course *course, struct pass *pass, uint64_t end);

/** course_threads(pass): how many it gets. */
unsigned int course_threads(const struct pass *pass);

/** course_run(course, err): bring the queue over; no flush. */
int course_run(struct course *course, struct error **err);

/** course_checkpoint(course, err): what is finished now is durable then and,
 *  when the pass wants to hear of it, told. */
int course_checkpoint(struct course *course, struct error **err);

/** course_sum_up(course): for the log, what its numbers came to. */
void course_sum_up(const struct course *course);

#endif
