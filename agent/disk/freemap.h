/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_FREEMAP_H
#define LANDER_DISK_FREEMAP_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct extents;
struct target;

/** A file system on a target disk that nobody has mounted. */
struct freemap {
	struct target *target;
	uint64_t start; /* of it on the disk, bytes */
	/** What is to be free, of the disk; what this file system's own map
	 *  calls free is taken out. */
	struct extents *left;
};

/**
 * freemap_check(map, err): by what lies on the disk: the block bitmaps of ext4,
 * the free space trees of XFS.  Nothing is replayed: the file system must have
 * been written out, as a freeze or an unmount does.  Errors: ERROR_TARGET when
 * it can't be read; ERROR_VERIFY: there is neither, or it is broken, or of a
 * kind that is not known.
 */
int freemap_check(const struct freemap *map, struct error **err);

/** For its parts, freemap_ext4.c and freemap_xfs.c.  freemap_read(map, buf,
 *  length, offset, err): of the file system, bytes.  freemap_free(map, offset,
 *  length, err): this is free, bytes of the file system.  freemap_broken(map,
 *  what, err): ERROR_VERIFY. */
int freemap_read(const struct freemap *map, void *buf, size_t length,
		 uint64_t offset, struct error **err);
int freemap_free(const struct freemap *map, uint64_t offset, uint64_t length,
		 struct error **err);
int freemap_broken(const struct freemap *map, const char *what,
		   struct error **err);

#endif
