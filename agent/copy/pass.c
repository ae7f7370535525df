/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of passes: full, by hashes, of what is known to have changed, and
 * reading back.  What is left to do is set up here; others do it.
 */
#include "copy/pass.h"

#include <errno.h>

#include "base/error.h"
#include "copy/agenda.h"
#include "copy/chunkmap.h"
#include "copy/course.h"
#include "copy/landing.h"
#include "copy/queue.h"
#include "copy/scan.h"
#include "copy/skip.h"
#include "copy/worker.h"
#include "disk/target.h"
#include "source/source.h"

/* Libraries, stacks, libnbd's buffers: measured, rounded up. */
#define OVERHEAD ((uint64_t)8 << 20)

uint64_t pass_memory(uint64_t size, unsigned int threads)
{
	if (!threads)
		threads = COURSE_THREADS;
	return chunkmap_need(size) + threads * WORKER_POOL + OVERHEAD;
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
	    (pass->end % CHUNKMAP_CHUNK && pass->end != source->size) ||
	    source->block_size > CHUNKMAP_CHUNK || pass->start > source->size ||
	    pass->end > source->size)
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "pass from %llu to %llu",
				 (unsigned long long)pass->start,
				 (unsigned long long)pass->end);
	return skip_check(pass, err);
}

/* All of it is known beforehand: nobody is asked about holes. */
static int queue_without(const struct pass *pass, struct queue **ret_queue,
			 struct error **err)
{
	uint64_t size = pass->source->size;
	struct extents all = {0};
	struct extents data = {0};
	/* Sector 0 is not on the target, on a resume either. */
	int r = extents_add(&all, 0,
			    size < CHUNKMAP_CHUNK ? size : CHUNKMAP_CHUNK, err);

	if (r == 0)
		r = extents_add(&all, pass->start, size - pass->start, err);
	for (size_t i = 0; r == 0 && i < all.count; i++)
		r = extents_add(&data, all.range[i].offset, all.range[i].length,
				err);
	if (r == 0)
		r = skip_take_out(pass, &data, err);
	if (r == 0)
		r = queue_new_round(&all, &data, course_threads(pass),
				    ret_queue, err);
	if (r == 0)
		r = skip_queue(pass, &all, *ret_queue, err);
	extents_done(&all);
	extents_done(&data);
	return r;
}

int pass_full(struct pass *pass, struct error **err)
{
	struct course course;
	int r = check(pass, err);

	if (r < 0)
		return r;
	course_init(&course, pass, pass->source->size);
	course.marks = true;
	course.crew.piece = LANDING_PIECE;
	course.digest = chunkmap_digest_new(pass->map);
	if (!course.digest)
		return error_memory(err);
	if (pass->skip && pass->skip->count)
		r = queue_without(pass, &course.crew.queue, err);
	else
		r = queue_new(pass->start, pass->source->size,
			      pass->source->caps & SOURCE_EXTENTS,
			      course_threads(pass), &course.crew.queue, err);
	if (r == 0)
		r = course_run(&course, err);
	if (r == 0)
		r = course_checkpoint(&course, err);
	if (r == 0)
		course_sum_up(&course);
	queue_free(course.crew.queue);
	chunkmap_digest_free(course.digest);
	return r;
}

/* After a failure: what was begun may be on the target or not. */
static void forget(struct course *course)
{
	struct chunkmap *map = course->crew.pass->map;
	const struct extents *left = queue_unfinished(course->crew.queue);
	const struct extents *unasked =
		course->crew.agenda ? agenda_windows(course->crew.agenda)
				    : NULL;

	for (size_t i = 0; i < left->count; i++) {
		const struct extent *range = &left->range[i];
		uint64_t at = range->offset - range->offset % CHUNKMAP_CHUNK;

		for (; at < range->offset + range->length; at += CHUNKMAP_CHUNK)
			if (!unasked || !extents_contain(unasked, at, 1))
				chunkmap_forget(map, at / CHUNKMAP_CHUNK, 1);
	}
}

/* all of a round, data of it at once. */
static int run_round(struct course *course, const struct extents *all,
		     const struct extents *data, struct error **err)
{
	struct pass *pass = course->crew.pass;
	int r;

	course->crew.piece = CHUNKMAP_CHUNK;
	r = queue_new_round(all, data, course_threads(pass),
			    &course->crew.queue, err);
	if (r == 0 && course->crew.agenda)
		r = skip_queue(pass, all, course->crew.queue, err);
	if (r < 0)
		return r;
	r = course_run(course, err);
	if (r < 0)
		forget(course);
	return r;
}

/* What the source's hashes are asked of. */
static int set_agenda(struct course *course, const struct extents *all,
		      struct error **err)
{
	struct extents window = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = extents_add(&window, all->range[i].offset,
				all->range[i].length, err);
	if (r == 0)
		r = skip_take_out(course->crew.pass, &window, err);
	if (r == 0)
		r = agenda_new(&window, &course->crew.agenda, err);
	extents_done(&window);
	return r;
}

int pass_compare(struct pass *pass, struct error **err)
{
	uint64_t end = pass->end ? pass->end : pass->source->size;
	struct extents all = {0};
	struct course course;
	int r = check(pass, err);

	if (r == 0 &&
	    (!(pass->source->caps & SOURCE_HASH) || pass->start > end))
		r = error_set(err, ERROR_INTERNAL, EINVAL,
			      "%s: hashes from %llu to %llu",
			      pass->source->name,
			      (unsigned long long)pass->start,
			      (unsigned long long)end);
	if (r < 0)
		return r;
	course_init(&course, pass, end);
	course.last_place = 0;
	r = extents_add(&all, pass->start, end - pass->start, err);
	if (r == 0)
		r = set_agenda(&course, &all, err);
	if (r == 0)
		r = run_round(&course, &all, NULL, err);
	if (r == 0 && !(course.digest = chunkmap_digest_new(pass->map)))
		r = error_memory(err);
	if (r == 0)
		r = course_checkpoint(&course, err);
	if (r == 0)
		course_sum_up(&course);
	agenda_free(course.crew.agenda);
	queue_free(course.crew.queue);
	chunkmap_digest_free(course.digest);
	extents_done(&all);
	return r;
}

/* To whole blocks of both ends, within the source. */
static int widen(const struct pass *pass, const struct extents *extents,
		 struct extents *ret, struct error **err)
{
	uint64_t size = pass->source->size;
	uint64_t grain = SOURCE_BLOCK;
	int r = 0;

	if (pass->target->logical_block > grain)
		grain = pass->target->logical_block;
	if (pass->source->block_size > grain)
		grain = pass->source->block_size;
	for (size_t i = 0; r == 0 && i < extents->count; i++) {
		uint64_t from = extents->range[i].offset;
		uint64_t to = from + extents->range[i].length;

		if (to > size)
			to = size;
		if (from >= to)
			continue;
		from -= from % grain;
		to += (grain - to % grain) % grain;
		if (to > size)
			to = size;
		r = extents_add(ret, from, to - from, err);
	}
	return r;
}

int pass_changed(struct pass *pass, const struct extents *extents,
		 struct error **err)
{
	struct extents all = {0};
	struct course course;
	int r = check(pass, err);

	if (r < 0)
		return r;
	r = widen(pass, extents, &all, err);
	if (r == 0 && all.count) {
		course_init(&course, pass, pass->source->size);
		r = run_round(&course, &all, &all, err);
		if (r == 0)
			r = target_flush(pass->target, err);
		if (r == 0)
			course_sum_up(&course);
		queue_free(course.crew.queue);
	}
	extents_done(&all);
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
