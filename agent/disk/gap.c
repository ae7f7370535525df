/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where one more partition fits on a disk.  It counts only; what it does not
 * see (data outside every partition) it keeps away from as far as it can, by
 * looking at the end first, which on a larger target nobody has written to.
 */
#include "disk/gap.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "disk/layout.h"

#define MIB	    ((uint64_t)1 << 20)
#define MBR_ENTRIES 4
#define GPT_ENTRIES 128
#define MBR_SECTORS (UINT64_C(1) << 32)

struct gap_wish gap_esp(uint32_t sector)
{
	if (sector > 512)
		return (struct gap_wish){288 * MIB, 264 * MIB};
	return (struct gap_wish){64 * MIB, 36 * MIB};
}

static unsigned int free_number(const struct layout *layout, unsigned int most)
{
	for (unsigned int number = 1; number <= most; number++) {
		bool used = false;

		for (size_t i = 0; i < layout->count; i++)
			used = used || layout->part[i].number == number;
		if (!used)
			return number;
	}
	return 0;
}

/* The partition that covers this byte or, of those behind it, begins first;
 * NULL for none. */
static const struct layout_part *next_part(const struct layout *layout,
					   uint64_t at)
{
	const struct layout_part *next = NULL;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_part *part = &layout->part[i];

		if (!part->length ||
		    (part->start < at && part->length <= at - part->start))
			continue;
		if (!next || part->start < next->start)
			next = part;
	}
	return next;
}

/* A stretch of so many bytes is at hand. */
static void judge(uint64_t from, uint64_t to, struct gap_wish wish,
		  struct gap *best)
{
	uint64_t length;

	from = (from + MIB - 1) / MIB * MIB;
	to = to / MIB * MIB;
	if (to <= from || to - from < wish.least)
		return;
	length = to - from < wish.best ? to - from : wish.best;
	/* The later one of two that are long enough, else the longer one. */
	if (length < best->length)
		return;
	best->start = to - length;
	best->length = length;
}

enum gap_verdict gap_find(const struct gap_disk *disk, struct gap_wish wish,
			  struct gap *ret_gap)
{
	const struct layout *layout = disk->layout;
	bool gpt = layout->kind && !strcmp(layout->kind, "gpt");
	struct gap best = {0};
	uint64_t end = disk->size > MIB ? disk->size - MIB : 0;
	uint64_t at = MIB;

	if (!gpt && (!layout->kind || strcmp(layout->kind, "dos") != 0))
		return GAP_NO_TABLE;
	best.number = free_number(layout, gpt ? GPT_ENTRIES : MBR_ENTRIES);
	if (!best.number)
		return GAP_NO_ENTRY;
	if (!gpt && end / disk->sector >= MBR_SECTORS)
		end = (MBR_SECTORS - 1) * disk->sector;
	while (at < end) {
		const struct layout_part *part = next_part(layout, at);

		if (!part || part->start >= end) {
			judge(at, end, wish, &best);
			break;
		}
		if (part->start > at)
			judge(at, part->start, wish, &best);
		/* A table that lies about its end. */
		if (part->length > end || part->start + part->length > end)
			break;
		at = part->start + part->length;
	}
	if (!best.length)
		return GAP_NO_ROOM;
	*ret_gap = best;
	return GAP_FOUND;
}
