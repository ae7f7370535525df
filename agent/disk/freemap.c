/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the file systems of a copy themselves call free, read from the disk that
 * it lies on.  It believes nothing that it did not read there, mounts nothing
 * and writes nothing.
 */
#include "disk/freemap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "disk/freemap_ext4.h"
#include "disk/freemap_xfs.h"
#include "disk/target.h"

#define HEAD 4096U

int freemap_broken(const struct freemap *map, const char *what,
		   struct error **err)
{
	return error_set(err, ERROR_VERIFY, EUCLEAN,
			 "%s: the file system at %llu: %s", map->target->path,
			 (unsigned long long)map->start, what);
}

int freemap_read(const struct freemap *map, void *buf, size_t length,
		 uint64_t offset, struct error **err)
{
	uint32_t block = map->target->logical_block;
	uint64_t from;
	uint64_t size;
	char *whole;
	int r;

	if (map->start > map->target->size ||
	    offset > map->target->size - map->start ||
	    length > map->target->size - map->start - offset)
		return freemap_broken(map, "it ends behind the disk", err);
	from = map->start + offset;
	size = from % block + length;
	from -= from % block;
	size += (block - size % block) % block;
	whole = malloc(size);
	if (!whole)
		return error_memory(err);
	r = target_read(map->target, whole, size, from, err);
	if (r == 0)
		memcpy(buf, whole + (map->start + offset - from), length);
	free(whole);
	return r;
}

int freemap_free(const struct freemap *map, uint64_t offset, uint64_t length,
		 struct error **err)
{
	return extents_subtract(map->left, map->start + offset, length, err);
}

int freemap_check(const struct freemap *map, struct error **err)
{
	uint8_t head[HEAD];
	int r = freemap_read(map, head, sizeof(head), 0, err);

	if (r < 0)
		return r;
	if (freemap_xfs_is(head))
		return freemap_xfs_check(map, head, err);
	if (freemap_ext4_is(head))
		return freemap_ext4_check(map, head, err);
	return freemap_broken(map, "neither ext4 nor XFS is there", err);
}
