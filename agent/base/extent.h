/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BASE_EXTENT_H
#define LANDER_BASE_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** A byte range [offset, offset + length). */
struct extent {
	uint64_t offset; /* bytes */
	uint64_t length; /* bytes, never 0 inside a set */
};

/**
 * A set of byte ranges, sorted, disjoint, adjacent ones joined.  Zero-filled
 * is a valid empty set (`struct extents set = {0};`).
 */
struct extents {
	struct extent *range;
	size_t count;
	size_t room; /* allocated entries of range */
};

/** extents_add(set, offset, length, err): union with one range; length 0 does
 *  nothing.  Errors: ENOMEM, EOVERFLOW (ERROR_INTERNAL). */
int extents_add(struct extents *set, uint64_t offset, uint64_t length,
		struct error **err);

/** extents_subtract(set, offset, length, err): remove one range. */
int extents_subtract(struct extents *set, uint64_t offset, uint64_t length,
		     struct error **err);

/** extents_clip(set, offset, length): keep only what lies in this range. */
void extents_clip(struct extents *set, uint64_t offset, uint64_t length);

/** extents_total(set): sum of all lengths, bytes. */
uint64_t extents_total(const struct extents *set);

/** extents_find(set, offset): the first range that ends after offset (it may
 *  begin before or after it), NULL when there is none. */
const struct extent *extents_find(const struct extents *set, uint64_t offset);

/** extents_contain(set, offset, length): true when the whole range is in. */
bool extents_contain(const struct extents *set, uint64_t offset,
		     uint64_t length);

/** extents_done(set): free the ranges; the set is empty and usable again. */
void extents_done(struct extents *set);

#endif
