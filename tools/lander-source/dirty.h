/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DIRTY_H
#define LANDER_SOURCE_DIRTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIRTY_GRAIN 4096U /* bytes of disk of a bit, at least */

/**
 * Which parts of a disk were written to: a bit for each grain of it.  One side
 * marks while another takes, in memory that they may share between processes;
 * nothing that was marked is ever lost between them.
 */
struct dirty {
	uint64_t size;	 /* of the disk, bytes */
	uint32_t shift;	 /* a grain is 1 << shift bytes */
	uint64_t *grain; /* a bit each */
	uint64_t
		*page; /* a bit for each 512 words of grain with bits in them */
};

/** dirty_room(size, shift): bytes of memory for a disk of size bytes. */
size_t dirty_room(uint64_t size, uint32_t shift);

/** dirty_begin(dirty, size, shift, memory): in memory of dirty_room() bytes
 * that are zero. */
void dirty_begin(struct dirty *dirty, uint64_t size, uint32_t shift,
		 void *memory);

/** dirty_mark(dirty, offset, length): bytes; what is beyond the disk's end does
 *  not count. */
void dirty_mark(struct dirty *dirty, uint64_t offset, uint64_t length);

/** dirty_count(dirty, gap): ranges that dirty_take() would give, without
 *  changing anything. */
uint64_t dirty_count(const struct dirty *dirty, uint64_t gap);

/**
 * dirty_take(dirty, rule, each, owner): give every marked range to
 * each(owner, offset, length), in bytes, ascending, and unmark it.  Ranges with
 * at most gap clean bytes between them are one; from the limit-th on all is
 * one. When each returns false it stops; what was marked is then lost.
 */
struct dirty_rule {
	uint64_t gap;	/* bytes */
	uint64_t limit; /* ranges, at least 1 */
};
bool dirty_take(struct dirty *dirty, const struct dirty_rule *rule,
		bool (*each)(void *owner, uint64_t offset, uint64_t length),
		void *owner);

/** dirty_clear(dirty): unmark all. */
void dirty_clear(struct dirty *dirty);

#endif
