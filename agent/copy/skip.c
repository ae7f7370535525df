/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks that a pass leaves out: they are holes to it, zero on the target,
 * whatever the source holds there.  That they may be left out was decided
 * elsewhere.
 */
#include "copy/skip.h"

#include <errno.h>

#include "base/error.h"
#include "base/extent.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "copy/queue.h"
#include "source/source.h"

int skip_check(const struct pass *pass, struct error **err)
{
	for (size_t i = 0; pass->skip && i < pass->skip->count; i++) {
		const struct extent *range = &pass->skip->range[i];

		if (range->offset < CHUNKMAP_CHUNK ||
		    range->offset % CHUNKMAP_CHUNK ||
		    range->length % CHUNKMAP_CHUNK ||
		    range->offset + range->length > pass->source->size)
			return error_set(err, ERROR_INTERNAL, EINVAL,
					 "a pass without %llu bytes at %llu",
					 (unsigned long long)range->length,
					 (unsigned long long)range->offset);
	}
	return 0;
}

int skip_take_out(const struct pass *pass, struct extents *set,
		  struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && pass->skip && i < pass->skip->count; i++)
		r = extents_subtract(set, pass->skip->range[i].offset,
				     pass->skip->range[i].length, err);
	return r;
}

/* Equal neighbours together. */
static int queue_range(const struct pass *pass, struct extent range,
		       struct queue *queue, struct error **err)
{
	uint64_t end = range.offset + range.length;
	int r = 0;

	while (r == 0 && range.offset < end) {
		uint64_t at = range.offset;
		bool zero = chunkmap_state(pass->map, at / CHUNKMAP_CHUNK) ==
			    CHUNKMAP_ZERO;

		while (at < end &&
		       (chunkmap_state(pass->map, at / CHUNKMAP_CHUNK) ==
			CHUNKMAP_ZERO) == zero)
			at += CHUNKMAP_CHUNK;
		range.length = at - range.offset;
		r = (zero ? queue_finish : queue_put_zero)(queue, range.offset,
							   range.length, err);
		range.offset = at;
	}
	return r;
}

int skip_queue(const struct pass *pass, const struct extents *all,
	       struct queue *queue, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < all->count; i++) {
		struct extents left = {0};
		const struct extent *range = &all->range[i];

		for (size_t n = 0;
		     r == 0 && pass->skip && n < pass->skip->count; n++)
			r = extents_add(&left, pass->skip->range[n].offset,
					pass->skip->range[n].length, err);
		extents_clip(&left, range->offset, range->length);
		for (size_t n = 0; r == 0 && n < left.count; n++)
			r = queue_range(pass, left.range[n], queue, err);
		extents_done(&left);
	}
	return r;
}
