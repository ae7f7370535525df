/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_SNAPSHOT_H
#define LANDER_DISK_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/** What the name of its mapped device begins with. */
#define SNAPSHOT_PREFIX "lander-copy-"

/** A block device that is only read, and one that shows it and can be written
 *  to: what is written stays in memory. */
struct snapshot {
	char *dm_name;	 /* "lander-copy-vda" */
	char *dm_path;	 /* "/dev/mapper/lander-copy-vda" */
	char *directory; /* a tmpfs of its own */
	char *loop;	 /* over the file in it */
	bool mounted;
	bool mapped;
};

/**
 * snapshot_open(name, origin, room, ret, err): at most room bytes of changes to
 * origin.  When they are used up every access to it fails with EIO, and
 * snapshot_used() tells why; origin is never written to.  Memory is taken as
 * it is written.
 * Errors: ENOTSUP without device-mapper.
 */
int snapshot_open(const char *name, const char *origin, uint64_t room,
		  struct snapshot **ret_snapshot, struct error **err);

/** snapshot_close(snapshot, deadline, err): whatever was written is lost.  On
 *  an error it is still there, for another try. */
int snapshot_close(struct snapshot *snapshot, double deadline,
		   struct error **err);

/** snapshot_used(snapshot, ret_bytes): of its room; false when it did not
 *  suffice. */
bool snapshot_used(const struct snapshot *snapshot, uint64_t *ret_bytes);

/** snapshot_sweep(): the memory of those that an earlier run left, after their
 *  mapped devices are gone. */
void snapshot_sweep(void);

#endif
