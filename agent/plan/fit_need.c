/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much room what is in a file system needs in a new one: its bytes and
 * FIT_MARGIN beside them, and what the new one takes for itself.
 */
#include "plan/fit_need.h"

#include <string.h>

#include "plan/fit_work.h"

#define SWAP_LEAST (512 * FIT_MIB)

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

/* mke2fs's own choice of its journal (lib/ext2fs/mkjournal.c), and inodes. */
static uint64_t ext_overhead(const struct superblock *sb, uint64_t size,
			     uint64_t files)
{
	uint64_t journal = 1024 * FIT_MIB;

	while (journal > 4 * FIT_MIB && size / 128 < journal)
		journal /= 2;
	return journal + size / 50 + files * sb->inode * 5 / 4 + 8 * FIT_MIB;
}

static uint64_t overhead(const struct superblock *sb, uint64_t size,
			 uint64_t files)
{
	if (!strncmp(sb->fs, "ext", 3))
		return ext_overhead(sb, size, files);
	if (!strcmp(sb->fs, "xfs"))
		return 96 * FIT_MIB + size / 50 + files * sb->inode / 2;
	if (!strcmp(sb->fs, "btrfs"))
		return 256 * FIT_MIB + size / 20 + files * 512;
	return 2 * FIT_MIB;
}

static uint64_t need_of(const struct superblock *sb,
			const struct fit_need_use *use)
{
	uint64_t size = use->used + use->used / 100 * FIT_MARGIN;
	uint64_t least = superblock_least(sb);

	/* It may be there already, on another kind of file system. */
	size += overhead(sb, size, use->files);
	size = round_up(size > least ? size : least, FIT_MIB);
	return size;
}

void fit_need_leaf(struct fit_work *work, size_t node,
		   const struct fit_need_use *use)
{
	struct fit_need *need = &work->need[node];
	const struct superblock *sb = &work->design->node[node].fs;

	need->leaf = true;
	need->best = round_up(use->size, FIT_MIB);
	need->least = need->best;
	if (!strcmp(sb->fs, "swap") && need->best > SWAP_LEAST)
		need->least = SWAP_LEAST;
	else if (use->known)
		need->least = need_of(sb, use);
	/* A file system that is nearly full stays what it is. */
	if (need->least > need->best)
		need->least = need->best;
}
