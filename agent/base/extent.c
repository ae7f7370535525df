/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of byte ranges.  Kept sorted, disjoint and joined at every step, so
 * that a walk over the array is a walk over the disk.  It knows nothing of
 * sectors or chunks.
 */
#include "base/extent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static uint64_t end_of(const struct extent *e)
{
	return e->offset + e->length;
}

/* Index of the first range whose end is >= offset (touching counts). */
static size_t lower_bound(const struct extents *set, uint64_t offset)
{
	size_t low = 0;
	size_t high = set->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (end_of(&set->range[mid]) < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int make_room(struct extents *set, struct error **err)
{
	size_t room = set->room ? set->room * 2 : 16;
	struct extent *grown;

	if (set->count < set->room)
		return 0;
	grown = reallocarray(set->range, room, sizeof(*grown));
	if (!grown)
		return error_memory(err);
	set->range = grown;
	set->room = room;
	return 0;
}

static int check_range(uint64_t offset, uint64_t length, struct error **err)
{
	uint64_t end;

	if (__builtin_add_overflow(offset, length, &end))
		return error_set(err, ERROR_INTERNAL, EOVERFLOW,
				 "range at %llu of %llu bytes",
				 (unsigned long long)offset,
				 (unsigned long long)length);
	return 0;
}

int extents_add(struct extents *set, uint64_t offset, uint64_t length,
		struct error **err)
{
	uint64_t end = offset + length;
	size_t first;
	size_t last;
	int r;

	if (!length)
		return 0;
	r = check_range(offset, length, err);
	if (r < 0)
		return r;
	first = lower_bound(set, offset);
	last = first;
	while (last < set->count && set->range[last].offset <= end) {
		if (set->range[last].offset < offset)
			offset = set->range[last].offset;
		if (end_of(&set->range[last]) > end)
			end = end_of(&set->range[last]);
		last++;
	}
	if (last == first) {
		r = make_room(set, err);
		if (r < 0)
			return r;
		memmove(&set->range[first + 1], &set->range[first],
			(set->count - first) * sizeof(*set->range));
		set->count++;
	} else {
		memmove(&set->range[first + 1], &set->range[last],
			(set->count - last) * sizeof(*set->range));
		set->count -= last - first - 1;
	}
	set->range[first] = (struct extent){offset, end - offset};
	return 0;
}

int extents_subtract(struct extents *set, uint64_t offset, uint64_t length,
		     struct error **err)
{
	uint64_t end = offset + length;
	size_t i;
	int r;

	r = check_range(offset, length, err);
	if (r < 0 || !length)
		return r;
	for (i = lower_bound(set, offset); i < set->count;) {
		struct extent *e = &set->range[i];
		uint64_t old_end = end_of(e);

		if (e->offset >= end)
			break;
		if (e->offset < offset && old_end > end) {
			e->length = offset - e->offset;
			return extents_add(set, end, old_end - end, err);
		}
		if (e->offset < offset) {
			if (old_end > offset)
				e->length = offset - e->offset;
			i++;
		} else if (old_end > end) {
			e->offset = end;
			e->length = old_end - end;
			break;
		} else {
			memmove(e, e + 1, (set->count - i - 1) * sizeof(*e));
			set->count--;
		}
	}
	return 0;
}

void extents_clip(struct extents *set, uint64_t offset, uint64_t length)
{
	uint64_t end;
	size_t kept = 0;

	if (__builtin_add_overflow(offset, length, &end))
		end = UINT64_MAX;
	for (size_t i = 0; i < set->count; i++) {
		struct extent e = set->range[i];
		uint64_t low = e.offset > offset ? e.offset : offset;
		uint64_t high = end_of(&e) < end ? end_of(&e) : end;

		if (low < high)
			set->range[kept++] = (struct extent){low, high - low};
	}
	set->count = kept;
}

uint64_t extents_total(const struct extents *set)
{
	uint64_t total = 0;

	for (size_t i = 0; i < set->count; i++)
		total += set->range[i].length;
	return total;
}

const struct extent *extents_find(const struct extents *set, uint64_t offset)
{
	size_t i = lower_bound(set, offset);

	if (i < set->count && end_of(&set->range[i]) == offset)
		i++;
	return i < set->count ? &set->range[i] : NULL;
}

bool extents_contain(const struct extents *set, uint64_t offset,
		     uint64_t length)
{
	const struct extent *e = extents_find(set, offset);

	if (!length)
		return true;
	return e && e->offset <= offset && length <= end_of(e) - offset;
}

void extents_done(struct extents *set)
{
	free(set->range);
	*set = (struct extents){0};
}
