/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TRACK_H
#define LANDER_SOURCE_TRACK_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct text;

/** track_begin(disks, number, why): from now on every write to this disk is
 *  noted that is done.  Disks is all WIRE_DISKS_MAX of them; those that are
 *  opened later than the first is tracked can't be.  0, or a positive errno
 *  with its reason in why. */
int track_begin(const struct disk *disks, uint32_t number, struct text *why);

/** What was written since track_begin() or the last track_cut(). */
struct track_cut {
	bool lost; /* it can't be told: ranges are not given */
	/** Given all ranges, bytes, ascending; false ends it. */
	bool (*each)(void *owner, uint64_t offset, uint64_t length);
	void *owner;
};

/** track_cut(number, cut, why): a write that is not done yet belongs to the
 * next one.  0, or a positive errno; why when that or lost; -EPIPE when each()
 * ended it. */
int track_cut(uint32_t number, struct track_cut *cut, struct text *why);

/** track_end(): nothing is left of it. */
void track_end(void);

#endif
