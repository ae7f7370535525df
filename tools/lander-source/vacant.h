/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_VACANT_H
#define LANDER_SOURCE_VACANT_H

#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"

/** Chunks of a disk that are wholly free, in its order, not touching. */
struct vacant {
	uint64_t range[WIRE_USED_MAX][2]; /* offset and length, bytes */
	size_t count;
	uint64_t size; /* of the disk, bytes */
	/* Of the run of free blocks that may still grow. */
	uint64_t begin;
	uint64_t end;
	uint64_t last; /* all that is told lies behind it */
};

/** A mounted file system. */
struct vacant_place {
	int fd;		/* of its root, or of any directory */
	uint64_t start; /* of its device on the disk, bytes */
	uint64_t size;	/* of its device, bytes */
};

/** vacant_begin(vacant, size): of a disk of this size. */
void vacant_begin(struct vacant *vacant, uint64_t size);

/**
 * vacant_ask(place, vacant, ret_free): add what this file system calls free
 * now; file systems are asked in the order of their places.  ret_free: whole
 * chunks that were added, bytes.  NULL, or why it can't be asked; then nothing
 * was added.
 */
const char *vacant_ask(const struct vacant_place *place, struct vacant *vacant,
		       uint64_t *ret_free);

/** vacant_note(vacant, offset, length): a run of free bytes of the disk;
 *  vacant_settle(vacant): no more of this file system.  vacant_ask() uses
 *  them. */
void vacant_note(struct vacant *vacant, uint64_t offset, uint64_t length);
void vacant_settle(struct vacant *vacant);

#endif
