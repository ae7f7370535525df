/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The free space of XFS: in each allocation group a tree of runs of free
 * blocks, sorted by place.  Its leaves are a list, which is walked from the
 * first to the last.
 * Source: XFS Algorithms and Data Structures, 3rd edition, on superblocks, AG
 * free space management and short-format B+trees.  All big-endian.
 */
#include "disk/freemap_xfs.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "disk/freemap.h"

#define NONE	   0xffffffffU
#define LEVELS_MAX 16U
#define HEADER_V4  16U
#define HEADER_V5  56U

struct xfs {
	const struct freemap *map;
	uint32_t block;	 /* bytes */
	uint32_t sector; /* bytes */
	uint64_t blocks; /* of the file system */
	uint32_t stride; /* blocks of a group */
	uint32_t count;	 /* of groups */
	uint32_t group;	 /* that is looked at */
	uint32_t length; /* its blocks */
	uint32_t behind; /* where the last run that was seen ends */
	uint8_t *node;	 /* one block */
};

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) << 16 | get16(at + 2);
}

bool freemap_xfs_is(const uint8_t *head)
{
	return !memcmp(head, "XFSB", 4);
}

static uint32_t header_of(const struct xfs *xfs)
{
	return !memcmp(xfs->node, "AB3B", 4) ? HEADER_V5 : HEADER_V4;
}

/* A block of the tree, with as many entries as it says. */
static int read_node(struct xfs *xfs, uint32_t at, uint32_t level,
		     struct error **err)
{
	uint64_t place = ((uint64_t)xfs->group * xfs->stride + at) * xfs->block;
	uint32_t entry = level ? 12 : 8;
	int r;

	if (at >= xfs->length)
		return freemap_broken(xfs->map,
				      "its free space tree leads out "
				      "of its group",
				      err);
	r = freemap_read(xfs->map, xfs->node, xfs->block, place, err);
	if (r < 0)
		return r;
	if ((memcmp(xfs->node, "ABTB", 4) && memcmp(xfs->node, "AB3B", 4)) ||
	    get16(xfs->node + 4) != level ||
	    get16(xfs->node + 6) > (xfs->block - header_of(xfs)) / entry)
		return freemap_broken(xfs->map, "its free space tree is broken",
				      err);
	return 0;
}

static int take_leaf(struct xfs *xfs, struct error **err)
{
	const uint8_t *at = xfs->node + header_of(xfs);
	uint64_t base = (uint64_t)xfs->group * xfs->stride;
	uint32_t count = get16(xfs->node + 6);
	int r = 0;

	for (; r == 0 && count; count--, at += 8) {
		uint32_t from = get32(at);
		uint32_t length = get32(at + 4);

		/* Onwards only: so that the walk ends, too. */
		if (from < xfs->behind || from >= xfs->length || !length ||
		    length > xfs->length - from)
			return freemap_broken(xfs->map,
					      "its free space is out of order",
					      err);
		xfs->behind = from + length;
		r = freemap_free(xfs->map, (base + from) * xfs->block,
				 (uint64_t)length * xfs->block, err);
	}
	return r;
}

/* From the root down to the first leaf, then along the leaves. */
static int walk(struct xfs *xfs, uint32_t root, uint32_t levels,
		struct error **err)
{
	uint32_t level = levels - 1;
	uint32_t at = root;
	int r = read_node(xfs, at, level, err);

	while (r == 0 && level) {
		uint32_t room = (xfs->block - header_of(xfs)) / 12;

		if (!get16(xfs->node + 6))
			return freemap_broken(xfs->map,
					      "its free space tree has an "
					      "empty node",
					      err);
		at = get32(xfs->node + header_of(xfs) + (size_t)room * 8);
		r = read_node(xfs, at, --level, err);
	}
	while (r == 0) {
		uint32_t seen = xfs->behind;

		r = take_leaf(xfs, err);
		at = get32(xfs->node + 12);
		if (r < 0 || at == NONE)
			break;
		if (xfs->behind == seen)
			return freemap_broken(xfs->map,
					      "its free space tree has an "
					      "empty leaf",
					      err);
		r = read_node(xfs, at, 0, err);
	}
	return r;
}

static int check_group(struct xfs *xfs, struct error **err)
{
	uint64_t base = (uint64_t)xfs->group * xfs->stride;
	uint8_t head[64];
	int r = freemap_read(xfs->map, head, sizeof(head),
			     base * xfs->block + xfs->sector, err);

	if (r < 0)
		return r;
	xfs->length = get32(head + 12);
	xfs->behind = 0;
	if (memcmp(head, "XAGF", 4) || get32(head + 8) != xfs->group ||
	    !xfs->length || xfs->length > xfs->stride ||
	    xfs->length > xfs->blocks - base || !get32(head + 28) ||
	    get32(head + 28) > LEVELS_MAX)
		return freemap_broken(xfs->map, "a group's head is broken",
				      err);
	return walk(xfs, get32(head + 16), get32(head + 28), err);
}

int freemap_xfs_check(const struct freemap *map, const uint8_t *head,
		      struct error **err)
{
	struct xfs xfs = {
		.map = map,
		.block = get32(head + 4),
		.sector = get16(head + 102),
		.blocks = (uint64_t)get32(head + 8) << 32 | get32(head + 12),
		.stride = get32(head + 84),
		.count = get32(head + 88),
	};
	int r = 0;

	if (xfs.block < 512 || xfs.block > 65536 ||
	    xfs.block & (xfs.block - 1) || xfs.sector < 512 ||
	    xfs.sector > xfs.block || xfs.stride < 64 || !xfs.count ||
	    xfs.blocks > UINT64_MAX / xfs.block / 2 ||
	    (xfs.blocks - 1) / xfs.stride != xfs.count - 1)
		return freemap_broken(map, "its superblock is broken", err);
	xfs.node = calloc(1, xfs.block);
	if (!xfs.node)
		return error_memory(err);
	for (; r == 0 && xfs.group < xfs.count; xfs.group++)
		r = check_group(&xfs, err);
	free(xfs.node);
	return r;
}
