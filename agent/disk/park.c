/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the real sector 0 can wait for the commit: an all-zero sector that no
 * structure claims.  It reads the tables itself, because no library believes
 * in a table whose sector 0 is elsewhere.  It refuses a disk whose sector 0 it
 * does not fully understand, and it writes nothing.
 */
#include "disk/park.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/io.h"
#include "disk/target.h"

/* How much of one gap, and how many gaps, are looked through. */
#define GAP_DEPTH ((uint64_t)256 << 10)
#define GAP_LIMIT 64

#define GPT_ENTRIES_LIMIT ((uint64_t)1 << 20)

struct gpt_header {
	char signature[8];
	uint32_t revision;
	uint32_t header_size;
	uint32_t header_crc;
	uint32_t reserved;
	uint64_t my_lba;
	uint64_t alternate_lba;
	uint64_t first_usable;
	uint64_t last_usable;
	uint8_t disk_guid[16];
	uint64_t entries_lba;
	uint32_t entry_count;
	uint32_t entry_size;
	uint32_t entries_crc;
} __attribute__((packed));

struct gpt_entry {
	uint8_t type[16];
	uint8_t guid[16];
	uint64_t first;
	uint64_t last;
} __attribute__((packed));

struct mbr_entry {
	uint8_t status;
	uint8_t first_chs[3];
	uint8_t type;
	uint8_t last_chs[3];
	uint32_t start;
	uint32_t sectors;
} __attribute__((packed));

#define MBR_TABLE 446
#define MBR_PARTS 4

static int no_place(const struct target *target, const char *why,
		    struct error **err)
{
	return error_set(err, ERROR_TARGET, ENOSPC,
			 "no free sector on '%s' for the commit (%s)",
			 target->path, why);
}

/* The entries of a partition table in sector 0; false when it is none. */
static bool read_mbr(const uint8_t *sector0, struct mbr_entry *entry)
{
	if (sector0[510] != 0x55 || sector0[511] != 0xaa)
		return false;
	memcpy(entry, sector0 + MBR_TABLE, MBR_PARTS * sizeof(*entry));
	for (int i = 0; i < MBR_PARTS; i++)
		/* Anything else here is the code of a boot sector. */
		if (entry[i].status & 0x7f)
			return false;
	return true;
}

/* Free room of a disk with an MBR. */
static int find_mbr_gaps(const struct target *target,
			 const struct mbr_entry *entry, struct extents *gaps,
			 struct error **err)
{
	uint64_t block = target->logical_block;
	/* Old boot managers and RAID firmware write behind the last one. */
	uint64_t spare = 64 * block;
	unsigned int parts = 0;
	int r;

	if (target->size <= spare + block)
		return 0;
	r = extents_add(gaps, block, target->size - spare - block, err);
	for (int i = 0; i < MBR_PARTS && r == 0; i++) {
		uint64_t start = le32toh(entry[i].start) * block;
		uint64_t length = le32toh(entry[i].sectors) * block;

		if (!entry[i].type || !length)
			continue;
		if (!start || start >= target->size)
			return no_place(target, "its MBR is out of range", err);
		parts++;
		r = extents_subtract(gaps, start, length, err);
	}
	if (r == 0 && !parts)
		return no_place(target, "its MBR names no partition", err);
	return r;
}

static bool gpt_is_sane(const struct target *target,
			const struct gpt_header *gpt)
{
	uint64_t blocks = target->size / target->logical_block;
	uint64_t bytes =
		(uint64_t)le32toh(gpt->entry_count) * le32toh(gpt->entry_size);
	uint64_t entries = le64toh(gpt->entries_lba);
	uint64_t last = le64toh(gpt->last_usable);

	return memcmp(gpt->signature, "EFI PART", 8) == 0 &&
	       le64toh(gpt->my_lba) == 1 && le32toh(gpt->entry_size) &&
	       le32toh(gpt->entry_size) % 128 == 0 &&
	       bytes <= GPT_ENTRIES_LIMIT && entries >= 2 && entries < blocks &&
	       last < blocks && le64toh(gpt->first_usable) <= last;
}

static int subtract_entries(struct target *target, const struct gpt_header *gpt,
			    struct extents *gaps, struct error **err)
{
	uint64_t block = target->logical_block;
	uint32_t size = le32toh(gpt->entry_size);
	uint64_t bytes = (uint64_t)le32toh(gpt->entry_count) * size;
	uint64_t rounded = (bytes + block - 1) / block * block;
	uint8_t *table = malloc(rounded ? rounded : 1);
	int r;

	if (!table)
		return error_memory(err);
	r = target_read(target, table, rounded,
			le64toh(gpt->entries_lba) * block, err);
	for (uint64_t at = 0; r == 0 && at + size <= bytes; at += size) {
		struct gpt_entry entry;
		uint64_t first;
		uint64_t last;

		memcpy(&entry, table + at, sizeof(entry));
		if (io_is_zero(entry.type, sizeof(entry.type)))
			continue;
		first = le64toh(entry.first);
		last = le64toh(entry.last);
		if (last < first || last >= target->size / block) {
			r = no_place(target, "its GPT is out of range", err);
			break;
		}
		r = extents_subtract(gaps, first * block,
				     (last - first + 1) * block, err);
	}
	free(table);
	return r;
}

static int find_gpt_gaps(struct target *target, struct extents *gaps,
			 struct error **err)
{
	uint64_t block = target->logical_block;
	uint8_t *sector = malloc(block);
	struct gpt_header gpt;
	uint64_t low;
	uint64_t high;
	int r;

	if (!sector)
		return error_memory(err);
	r = target_read(target, sector, block, block, err);
	memcpy(&gpt, sector, sizeof(gpt));
	free(sector);
	if (r < 0)
		return r;
	if (!gpt_is_sane(target, &gpt))
		return no_place(target, "its GPT header is damaged", err);
	low = le64toh(gpt.entries_lba) * block +
	      (uint64_t)le32toh(gpt.entry_count) * le32toh(gpt.entry_size);
	low = (low + block - 1) / block * block;
	high = (le64toh(gpt.last_usable) + 1) * block;
	/* last_usable lies in front of the backup, wherever that is. */
	if (low >= high)
		return no_place(target, "its GPT has no room", err);
	r = extents_add(gaps, low, high - low, err);
	return r < 0 ? r : subtract_entries(target, &gpt, gaps, err);
}

/* The highest zero sector of one gap; 1 when there is none. */
static int search_gap(struct target *target, const struct extent *gap,
		      uint64_t *ret_offset, struct error **err)
{
	uint64_t block = target->logical_block;
	uint64_t depth = gap->length < GAP_DEPTH ? gap->length : GAP_DEPTH;
	uint64_t low = gap->offset + gap->length - depth;
	uint8_t *bytes = malloc(depth);
	int r;

	if (!bytes)
		return error_memory(err);
	r = target_read(target, bytes, depth, low, err);
	if (r == 0)
		r = 1;
	for (uint64_t at = depth; r == 1 && at; at -= block)
		if (io_is_zero(bytes + at - block, block)) {
			*ret_offset = low + at - block;
			r = 0;
		}
	free(bytes);
	return r;
}

int park_find(struct target *target, const void *sector0, uint64_t *ret_offset,
	      struct error **err)
{
	struct mbr_entry entry[MBR_PARTS];
	struct extents gaps = {0};
	bool gpt = false;
	int r;

	if (!read_mbr(sector0, entry))
		return no_place(target, "no partition table", err);
	for (int i = 0; i < MBR_PARTS; i++)
		gpt = gpt || entry[i].type == 0xee;
	r = gpt ? find_gpt_gaps(target, &gaps, err)
		: find_mbr_gaps(target, entry, &gaps, err);
	if (r == 0)
		r = 1;
	for (size_t i = 0; r == 1 && i < gaps.count && i < GAP_LIMIT; i++)
		r = search_gap(target, &gaps.range[i], ret_offset, err);
	extents_done(&gaps);
	return r == 1 ? no_place(target, "every gap is full or written to", err)
		      : r;
}
