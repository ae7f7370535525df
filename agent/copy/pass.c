/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The full pass.  Workers bring the data over; this thread makes the zeroes,
 * which may block for long, and the checkpoints, and ends with one flush.  It
 * never touches sector 0 of the target.
 */
#include "copy/pass.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/queue.h"
#include "copy/scan.h"
#include "copy/worker.h"
#include "disk/target.h"
#include "source/source.h"

#define THREADS		2U
#define TICK_MS		100U
#define CHECKPOINT_S	5.0
#define ZERO_STEP_FIRST ((uint64_t)64 << 20)
/* Libraries, stacks, libnbd's buffers: measured, rounded up. */
#define OVERHEAD ((uint64_t)8 << 20)

struct course {
	struct pass *pass;
	struct crew crew;
	struct chunkmap_digest *digest;
	double last_time;    /* of the last checkpoint */
	uint64_t last_place; /* its watermark */
	uint64_t zero_step;  /* bytes, by how long the last one took */
};

uint64_t pass_memory(uint64_t size, unsigned int threads)
{
	if (!threads)
		threads = THREADS;
	return chunkmap_need(size) + threads * WORKER_POOL + OVERHEAD;
}

static int zero_range(struct course *course, const struct extent *range,
		      struct error **err)
{
	struct pass *pass = course->pass;
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

/* What is finished now is durable after the flush; at the end, all of it. */
static int checkpoint(struct course *course, struct error **err)
{
	struct pass *pass = course->pass;
	uint64_t place = queue_watermark(course->crew.queue);
	uint64_t chunks = place / CHUNKMAP_CHUNK;
	uint8_t digest[16];
	int r;

	if (place == pass->source->size)
		chunks = chunkmap_count(pass->map);
	else
		place = chunks * CHUNKMAP_CHUNK;
	course->last_time = io_seconds();
	if (place <= course->last_place && place < pass->source->size)
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
	if (!course->pass->checkpoint ||
	    io_seconds() - course->last_time <= CHECKPOINT_S)
		return 0;
	return checkpoint(course, err);
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

static int check(const struct pass *pass, struct error **err)
{
	const struct source *source = pass->source;
	const struct target *target = pass->target;

	if (target->size < source->size)
		return error_set(err, ERROR_REFUSED, ENOSPC,
				 "'%s' has %llu bytes, the source %llu",
				 target->path, (unsigned long long)target->size,
				 (unsigned long long)source->size);
	if (source->size % target->logical_block)
		return error_set(err, ERROR_REFUSED, EINVAL,
				 "the source's %llu bytes are not whole "
				 "sectors of '%s' (%u bytes)",
				 (unsigned long long)source->size, target->path,
				 target->logical_block);
	if ((pass->start % CHUNKMAP_CHUNK && pass->start != source->size) ||
	    source->block_size > CHUNKMAP_CHUNK || pass->start > source->size)
		return error_set(err, ERROR_INTERNAL, EINVAL, "pass from %llu",
				 (unsigned long long)pass->start);
	return 0;
}

static unsigned int choose_threads(const struct pass *pass)
{
	unsigned int threads = pass->threads ? pass->threads : THREADS;

	if (!(pass->source->caps & SOURCE_MULTI))
		return 1;
	return threads < CREW_MAX ? threads : CREW_MAX;
}

/* Start, zeroes and checkpoints until the end, join. */
static int run(struct course *course, unsigned int threads, struct error **err)
{
	struct crew *crew = &course->crew;
	struct error *why = NULL;
	int r = crew_start(crew, worker_main, threads, &why);

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

/* For the log: what the numbers of this pass came to. */
static void sum_up(const struct pass *pass, double seconds)
{
	const struct pass_progress *progress = pass->progress;

	log_info("copy",
		 "%s to '%s' in %.1f s: received %llu bytes, written %llu, "
		 "zeroed %llu, resent %llu, reconnects %u",
		 pass->source->name, pass->target->path, seconds,
		 (unsigned long long)atomic_load(&progress->received),
		 (unsigned long long)atomic_load(&progress->written),
		 (unsigned long long)atomic_load(&progress->zeroed),
		 (unsigned long long)atomic_load(&progress->resent),
		 atomic_load(&progress->reconnects));
}

int pass_full(struct pass *pass, struct error **err)
{
	struct course course = {
		.pass = pass,
		.last_time = io_seconds(),
		.last_place = pass->start,
		.zero_step = ZERO_STEP_FIRST,
	};
	unsigned int threads = choose_threads(pass);
	double began = io_seconds();
	int r = check(pass, err);

	if (r < 0)
		return r;
	course.digest = chunkmap_digest_new(pass->map);
	if (!course.digest)
		return error_memory(err);
	crew_init(&course.crew, pass);
	r = queue_new(pass->start, pass->source->size,
		      pass->source->caps & SOURCE_EXTENTS, threads,
		      &course.crew.queue, err);
	if (r < 0)
		goto out;
	atomic_store(&pass->progress->total, queue_left(course.crew.queue));
	r = run(&course, threads, err);
	if (r == 0)
		r = checkpoint(&course, err);
	if (r == 0)
		sum_up(pass, io_seconds() - began);
out:
	queue_free(course.crew.queue);
	chunkmap_digest_free(course.digest);
	return r;
}

int pass_reread(struct pass *pass, uint64_t watermark, uint8_t ret_digest[16],
		struct error **err)
{
	return scan_run(pass, SCAN_LEARN, watermark, ret_digest, err);
}

int pass_verify(struct pass *pass, uint8_t ret_digest[16], struct error **err)
{
	return scan_run(pass, SCAN_COMPARE, pass->source->size, ret_digest,
			err);
}
