/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The free space of ext4: a bit for each block, or cluster, of a group.  Groups
 * that were never used have no bits yet; there everything is free but the file
 * system's own structures.
 * Source: the kernel's ext4 documentation, on the superblock, block group
 * descriptors and bitmaps.  All little-endian.
 */
#include "disk/freemap_ext4.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "disk/freemap.h"

#define SUPERBLOCK	 1024U
#define COMPAT_BACKUPS2	 0x200U
#define INCOMPAT_JOURNAL 0x4U /* to be replayed */
#define INCOMPAT_DEVICE	 0x8U /* only a journal */
#define INCOMPAT_META_BG 0x10U
#define INCOMPAT_64BIT	 0x80U
#define RO_SPARSE	 0x1U
#define RO_SUMS		 (0x10U | 0x400U)
#define RO_BIGALLOC	 0x200U
#define GROUP_NO_BITS	 0x2U
#define STATE_ERRORS	 0x2U

struct ext4 {
	const struct freemap *map;
	uint32_t block;	 /* bytes */
	uint32_t ratio;	 /* blocks of a cluster */
	uint64_t blocks; /* of the file system */
	uint64_t first;	 /* block of the first group */
	uint32_t stride; /* blocks of a group */
	uint64_t groups;
	uint32_t entry;	    /* bytes of a descriptor */
	uint32_t reserved;  /* blocks behind a copy of the descriptors */
	uint32_t meta_from; /* the first block of descriptors that lies apart */
	uint32_t itable;    /* blocks of a group's inodes */
	uint32_t backup[2];
	bool sparse;
	bool sparse2;
	bool wide;
	bool sums;
	struct extents own; /* structures of its own, bytes of it */
	uint8_t *bits;	    /* one block */
	uint8_t *list;	    /* one block of descriptors */
};

struct group {
	uint64_t number;
	uint64_t begin; /* blocks of the file system */
	uint64_t end;
	uint64_t block_bits;
	uint64_t inode_bits;
	uint64_t itable;
	bool no_bits;
};

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) | get16(at + 2) << 16;
}

bool freemap_ext4_is(const uint8_t *head)
{
	return get16(head + SUPERBLOCK + 0x38) == 0xef53;
}

/* --- the superblock ---------------------------------------------------- */

static uint32_t meta_from(const uint8_t *super)
{
	return get32(super + 0x60) & INCOMPAT_META_BG ? get32(super + 0x104)
						      : UINT32_MAX;
}

static const char *take_super(struct ext4 *fs, const uint8_t *super)
{
	uint32_t incompat = get32(super + 0x60);
	uint32_t ro = get32(super + 0x64);
	uint32_t log_block = get32(super + 0x18);
	uint32_t log_cluster = get32(super + 0x1c);
	uint32_t inode = get16(super + 0x58);

	if (incompat & (INCOMPAT_JOURNAL | INCOMPAT_DEVICE) ||
	    get16(super + 0x3a) & STATE_ERRORS)
		return "its journal is not written out, or it has errors";
	if (log_block > 6 || log_cluster > 20)
		return "its superblock is broken";
	fs->block = 1024U << log_block;
	fs->ratio = 1;
	if (ro & RO_BIGALLOC && log_cluster > log_block)
		fs->ratio = 1U << (log_cluster - log_block);
	fs->wide = incompat & INCOMPAT_64BIT;
	fs->blocks = get32(super + 4);
	if (fs->wide)
		fs->blocks |= (uint64_t)get32(super + 0x150) << 32;
	fs->first = get32(super + 0x14);
	fs->stride = get32(super + 0x20);
	fs->entry = fs->wide ? get16(super + 0xfe) : 32;
	fs->reserved = get16(super + 0xce);
	fs->meta_from = meta_from(super);
	fs->sparse = ro & RO_SPARSE;
	fs->sparse2 = get32(super + 0x5c) & COMPAT_BACKUPS2;
	fs->backup[0] = get32(super + 0x24c);
	fs->backup[1] = get32(super + 0x250);
	fs->sums = ro & RO_SUMS;
	if (inode < 128 || inode > fs->block)
		return "its superblock is broken";
	fs->itable = (uint32_t)(((uint64_t)get32(super + 0x28) * inode +
				 fs->block - 1) /
				fs->block);
	if (fs->blocks > UINT64_MAX / fs->block / 2 ||
	    fs->first >= fs->blocks || fs->first > 1 ||
	    fs->stride / fs->ratio < 256 ||
	    fs->stride / fs->ratio > 8 * fs->block ||
	    fs->stride % (8 * fs->ratio) || fs->entry < 32 ||
	    fs->entry > fs->block || fs->entry & (fs->entry - 1))
		return "its superblock is broken";
	fs->groups = (fs->blocks - fs->first - 1) / fs->stride + 1;
	return NULL;
}

/* --- groups ------------------------------------------------------------ */

static bool is_power(uint64_t number, uint64_t of)
{
	uint64_t power = of;

	while (power < number)
		power *= of;
	return power == number;
}

static bool has_super(const struct ext4 *fs, uint64_t group)
{
	if (group == 0)
		return true;
	if (fs->sparse2)
		return group == fs->backup[0] || group == fs->backup[1];
	if (!fs->sparse || group == 1)
		return true;
	return is_power(group, 3) || is_power(group, 5) || is_power(group, 7);
}

/* Where the block of descriptors lies that tells of this group. */
static uint64_t list_of(const struct ext4 *fs, uint64_t group)
{
	uint64_t each = fs->block / fs->entry;
	uint64_t index = group / each;

	if (index < fs->meta_from)
		return fs->first + 1 + index;
	return fs->first + index * each * fs->stride +
	       has_super(fs, index * each);
}

static int read_group(struct ext4 *fs, uint64_t number, struct group *ret,
		      struct error **err)
{
	uint64_t each = fs->block / fs->entry;
	const uint8_t *at = fs->list + number % each * fs->entry;
	bool wide = fs->wide && fs->entry >= 64;
	int r = 0;

	if (number % each == 0)
		r = freemap_read(fs->map, fs->list, fs->block,
				 list_of(fs, number) * fs->block, err);
	if (r < 0)
		return r;
	*ret = (struct group){
		.number = number,
		.begin = fs->first + number * fs->stride,
		.block_bits = get32(at),
		.inode_bits = get32(at + 4),
		.itable = get32(at + 8),
		.no_bits = fs->sums && get16(at + 0x12) & GROUP_NO_BITS,
	};
	ret->end = ret->begin + fs->stride;
	if (ret->end > fs->blocks)
		ret->end = fs->blocks;
	if (wide) {
		ret->block_bits |= (uint64_t)get32(at + 0x20) << 32;
		ret->inode_bits |= (uint64_t)get32(at + 0x24) << 32;
		ret->itable |= (uint64_t)get32(at + 0x28) << 32;
	}
	if (ret->block_bits >= fs->blocks || ret->inode_bits >= fs->blocks ||
	    ret->itable >= fs->blocks || fs->itable > fs->blocks - ret->itable)
		return freemap_broken(fs->map, "a group lies outside of it",
				      err);
	return 0;
}

static int add_own(struct ext4 *fs, uint64_t block, uint64_t count,
		   struct error **err)
{
	return extents_add(&fs->own, block * fs->block, count * fs->block, err);
}

/* Descriptors that lie apart, and their two copies: in the first, second and
 * last of the groups that they tell of. */
static bool holds_list(const struct ext4 *fs, uint64_t group)
{
	uint64_t each = fs->block / fs->entry;

	return group / each >= fs->meta_from &&
	       (group % each <= 1 || group % each == each - 1);
}

/* What is never free, wherever it lies. */
static int note_own(struct ext4 *fs, const struct group *group,
		    struct error **err)
{
	uint64_t each = fs->block / fs->entry;
	uint64_t lists = (fs->groups + each - 1) / each;
	int r = add_own(fs, group->block_bits, 1, err);

	if (lists > fs->meta_from)
		lists = fs->meta_from;
	if (r == 0)
		r = add_own(fs, group->inode_bits, 1, err);
	if (r == 0)
		r = add_own(fs, group->itable, fs->itable, err);
	if (r == 0 && has_super(fs, group->number))
		r = add_own(fs, group->begin, 1 + lists + fs->reserved, err);
	if (r == 0 && holds_list(fs, group->number))
		r = add_own(fs, group->begin + has_super(fs, group->number), 1,
			    err);
	return r;
}

static bool is_wanted(const struct ext4 *fs, const struct group *group)
{
	uint64_t begin = fs->map->start + group->begin * fs->block;
	uint64_t end = fs->map->start + group->end * fs->block;
	const struct extent *next = extents_find(fs->map->left, begin);

	return next && next->offset < end;
}

static int free_blocks(struct ext4 *fs, uint64_t begin, uint64_t end,
		       struct error **err)
{
	return begin < end ? freemap_free(fs->map, begin * fs->block,
					  (end - begin) * fs->block, err)
			   : 0;
}

/* All but what is its own. */
static int take_unused(struct ext4 *fs, const struct group *group,
		       struct error **err)
{
	uint64_t at = group->begin * fs->block;
	uint64_t end = group->end * fs->block;
	int r = 0;

	while (r == 0 && at < end) {
		const struct extent *own = extents_find(&fs->own, at);
		uint64_t stop = own && own->offset < end ? own->offset : end;

		if (stop > at)
			r = freemap_free(fs->map, at, stop - at, err);
		at = own ? own->offset + own->length : end;
	}
	return r;
}

static int take_bits(struct ext4 *fs, const struct group *group,
		     struct error **err)
{
	uint64_t run = group->begin;
	uint64_t block = group->begin;
	int r = freemap_read(fs->map, fs->bits, fs->block,
			     group->block_bits * fs->block, err);

	for (uint32_t bit = 0; r == 0 && block < group->end; bit++) {
		uint64_t next = block + fs->ratio;

		if (fs->bits[bit / 8] >> (bit % 8) & 1) {
			r = free_blocks(fs, run, block, err);
			run = next;
		}
		block = next;
	}
	return r < 0 ? r : free_blocks(fs, run, group->end, err);
}

/* --- all of it --------------------------------------------------------- */

static int check(struct ext4 *fs, struct error **err)
{
	struct group group;
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < fs->groups; i++) {
		r = read_group(fs, i, &group, err);
		if (r == 0)
			r = note_own(fs, &group, err);
	}
	for (uint64_t i = 0; r == 0 && i < fs->groups; i++) {
		r = read_group(fs, i, &group, err);
		if (r == 0 && is_wanted(fs, &group))
			r = (group.no_bits ? take_unused
					   : take_bits)(fs, &group, err);
	}
	return r;
}

int freemap_ext4_check(const struct freemap *map, const uint8_t *head,
		       struct error **err)
{
	struct ext4 fs = {.map = map};
	const char *broken = take_super(&fs, head + SUPERBLOCK);
	int r;

	if (broken)
		return freemap_broken(map, broken, err);
	fs.bits = malloc(fs.block);
	fs.list = malloc(fs.block);
	r = fs.bits && fs.list ? check(&fs, err) : error_memory(err);
	extents_done(&fs.own);
	free(fs.bits);
	free(fs.list);
	return r;
}
