/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_MAPPER_H
#define LANDER_DISK_MAPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** One piece of a mapped device: these sectors of that device. */
struct mapper_piece {
	const char *device; /* a block device */
	uint64_t start;	    /* bytes into it */
	uint64_t length;    /* bytes */
};

/** mapper_create(name, piece, count, read_only, err): /dev/mapper/NAME,
 *  dm-linear pieces in a row.  Works with and without udev; no link in
 *  /dev/disk points to it.
 *  Errors: ENOTSUP when this kernel has no device-mapper.
 *  Source: Documentation/admin-guide/device-mapper/linear.rst. */
int mapper_create(const char *name, const struct mapper_piece *piece,
		  size_t count, bool read_only, struct error **err);

/** Bytes of one piece of a snapshot that was written to. */
#define MAPPER_CHUNK 4096U

/** mapper_snapshot(name, origin, store, length, err): /dev/mapper/NAME, which
 *  reads as the block device origin (bytes) until it is written to; what is
 *  written goes to the block device store, and origin is only read.  A store
 *  that is full makes every further access EIO, for ever; mapper_status() then
 *  says "Invalid", before that "SECTORS_USED/SECTORS …".
 *  Source: Documentation/admin-guide/device-mapper/snapshot.rst. */
int mapper_snapshot(const char *name, const char *origin, const char *store,
		    uint64_t length, struct error **err);
int mapper_status(const char *name, char **ret_text, struct error **err);

/** mapper_remove(name, deadline, err): waits while it is busy, until deadline
 *  (io_seconds()). */
int mapper_remove(const char *name, double deadline, struct error **err);

/** mapper_rename(name, fresh, err): the device keeps what it is. */
int mapper_rename(const char *name, const char *fresh, struct error **err);

/** mapper_next(prefix, ret_name, ret_device, err): a mapped device whose name
 *  begins so, and its "/dev/dm-N"; 1 when there is none. */
int mapper_next(const char *prefix, char **ret_name, char **ret_device,
		struct error **err);

#endif
