/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that owns a pass.  Workers bring the data over; this one makes the
 * zeroes, which may block for long, and the checkpoints, and ends with one
 * flush.  It never touches sector 0 of the target.
 */
#include "copy/course.h"

#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "copy/queue.h"
#include "copy/worker.h"
#include "disk/target.h"
#include "source/source.h"

#define TICK_MS		100U
#define CHECKPOINT_S	5.0
#define ZERO_STEP_FIRST ((uint64_t)64 << 20)

static int zero_range(struct course *course, const struct extent *range,
		      struct error **err)
{
	struct pass *pass = course->crew.pass;
	uint64_t offset = range->offset;
	uint64_t length = range->length;
	uint64_t last = (offset + length - 1) / CHUNKMAP_CHUNK;
	int r = 0;

	/* A detected run may begin behind sector 0, never inside a chunk. */
	chunkmap_put_zero(pass->map, offset / CHUNKMAP_CHUNK,
			  last - offset / CHUNKMAP_CHUNK + 1);
	if (offset == 0) {
		memset(pass->sector0, 0, pass->target->logical_block);
		offset += pass->target->logical_block;
		length -= pass->target->logical_block;
	}
	if (length)
		r = target_zero(pass->target, offset, length, err);
	if (r == 0)
		r = queue_finish(course->crew.queue, range->offset,
				 range->length, err);
	if (r == 0) {
		atomic_fetch_add(&pass->progress->zeroed, range->length);
		atomic_fetch_add(&pass->progress->done, range->length);
	}
	return r;
}

int course_checkpoint(struct course *course, struct error **err)
{
	struct pass *pass = course->crew.pass;
	uint64_t place = queue_watermark(course->crew.queue);
	uint64_t chunks = place / CHUNKMAP_CHUNK;
	uint8_t digest[16];
	int r;

	if (place == pass->source->size)
		chunks = chunkmap_count(pass->map);
	else
		place = chunks * CHUNKMAP_CHUNK;
	course->last_time = io_seconds();
	if (place <= course->last_place && place < course->end)
		return 0;
	course->last_place = place;
	if (!chunkmap_digest_until(course->digest, pass->map, chunks, digest))
		return error_set(err, ERROR_INTERNAL, 0,
				 "an unknown chunk below %llu",
				 (unsigned long long)place);
	r = target_flush(pass->target, err);
	if (r == 0 && pass->checkpoint)
		r = pass->checkpoint(pass->owner, place, digest, err);
	course->last_time = io_seconds();
	return r;
}

static int checkpoint_if_due(struct course *course, struct error **err)
{
	if (!course->marks || !course->crew.pass->checkpoint ||
	    io_seconds() - course->last_time <= CHECKPOINT_S)
		return 0;
	return course_checkpoint(course, err);
}

/* An order to stop and the next checkpoint wait for one step: about a second,
 * also where a disk knows no zeroing and has to be written. */
#define ZERO_STEP_MIN ((uint64_t)1 << 20)
#define ZERO_STEP_MAX ((uint64_t)1 << 30)

static int zero_step(struct course *course, const struct extent *step,
		     struct error **err)
{
	double began = io_seconds();
	int r = zero_range(course, step, err);
	double seconds = io_seconds() - began;

	if (seconds > 1 && course->zero_step > ZERO_STEP_MIN)
		course->zero_step /= 2;
	else if (seconds < 0.25 && course->zero_step < ZERO_STEP_MAX)
		course->zero_step *= 2;
	return r < 0 ? r : checkpoint_if_due(course, err);
}

static int make_zeroes(struct course *course, struct error **err)
{
	struct extents zero = {0};
	int r = 0;

	queue_take_zero(course->crew.queue, TICK_MS, &zero);
	for (size_t i = 0; i < zero.count; i++) {
		struct extent left = zero.range[i];

		while (r == 0 && left.length && !crew_stopped(&course->crew)) {
			struct extent step = left;

			if (step.length > course->zero_step)
				step.length = course->zero_step;
			r = zero_step(course, &step, err);
			left.offset += step.length;
			left.length -= step.length;
		}
	}
	extents_done(&zero);
	return r;
}

void course_init(struct course *course, struct pass *pass, uint64_t end)
{
	*course = (struct course){.began = io_seconds(),
				  .end = end,
				  .last_time = io_seconds(),
				  .last_place = pass->start,
				  .zero_step = ZERO_STEP_FIRST};
	crew_init(&course->crew, pass);
}

unsigned int course_threads(const struct pass *pass)
{
	unsigned int threads = pass->threads ? pass->threads : COURSE_THREADS;

	if (!(pass->source->caps & SOURCE_MULTI))
		return 1;
	return threads < CREW_MAX ? threads : CREW_MAX;
}

void course_sum_up(const struct course *course)
{
	const struct pass *pass = course->crew.pass;
	const struct pass_progress *progress = pass->progress;

	log_info("copy",
		 "%s to '%s' in %.1f s: received %llu bytes, written %llu, "
		 "zeroed %llu, resent %llu, reconnects %u, compared %llu, "
		 "differing %llu, unsettled %llu",
		 pass->source->name, pass->target->path,
		 io_seconds() - course->began,
		 (unsigned long long)atomic_load(&progress->received),
		 (unsigned long long)atomic_load(&progress->written),
		 (unsigned long long)atomic_load(&progress->zeroed),
		 (unsigned long long)atomic_load(&progress->resent),
		 atomic_load(&progress->reconnects),
		 (unsigned long long)atomic_load(&progress->compared),
		 (unsigned long long)atomic_load(&progress->differing),
		 (unsigned long long)atomic_load(&progress->unsettled));
}

/* Start, zeroes and checkpoints until the end, join. */
int course_run(struct course *course, struct error **err)
{
	struct crew *crew = &course->crew;
	struct error *why = NULL;
	int r;

	atomic_store(&crew->pass->progress->total, queue_left(crew->queue));
	r = crew_start(crew, worker_main, course_threads(crew->pass), &why);
	while (r == 0 && !queue_complete(crew->queue) && !crew_stopped(crew)) {
		r = make_zeroes(course, &why);
		if (r == 0 && !crew_stopped(crew))
			r = checkpoint_if_due(course, &why);
	}
	if (r < 0)
		crew_fail(crew, why);
	atomic_store(&crew->stop, true);
	queue_wake(crew->queue);
	return crew_finish(crew, err);
}
