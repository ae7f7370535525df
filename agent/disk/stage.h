/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_STAGE_H
#define LANDER_DISK_STAGE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct snapshot;

/** A whole, normal-looking disk whose sector 0 is in memory and whose rest is
 *  the real disk. */
struct stage {
	char *device;	       /* "/dev/loop1", partitions "/dev/loop1p1" */
	char *dm_name;	       /* "lander-stage-vda" */
	char *dm_path;	       /* "/dev/mapper/lander-stage-vda" */
	char *s0_path;	       /* the file in memory that holds sector 0 */
	char *s0_loop;	       /* the loop device over it */
	char *target;	       /* the real disk, "/dev/vda" */
	struct snapshot *copy; /* NULL: what is written goes to the real disk */
	bool mapped;	       /* dm_name exists */
	uint32_t logical_block;
};

/** What is to be staged. */
struct stage_disk {
	const char *path;    /* the real disk, "/dev/vda" */
	const char *name;    /* into dm_name: letters, digits, "_", "-" */
	const void *sector0; /* the real one, logical_block bytes */
	/* Not 0: a copy.  The real disk is only read; this many bytes of
	 * changes may be made, in memory, and are lost at the end. */
	uint64_t room;
};

/**
 * stage_open(disk, ret, err): dm-linear of [sector 0 in
 * /run/lander | the real disk], and a loop device with partition scanning and
 * direct I/O on top; for a copy a snapshot (disk/snapshot.h) between them.  The
 * caller closes its O_EXCL descriptor first, because dm claims the disk.
 *
 * Errors: ENOTSUP when this kernel has no device-mapper.
 *
 * Source: Documentation/admin-guide/device-mapper/linear.rst, loop(4).
 */
int stage_open(const struct stage_disk *disk, struct stage **ret_stage,
	       struct error **err);

/**
 * stage_close(stage, ret_sector0, err): flush, take all down, hand back the
 * staged sector 0 (logical_block bytes, to free; NULL when not wanted).
 * A busy device is waited for up to 10 s, then an error that says who, and what
 * could not be taken down is left for stage_sweep().  Frees stage in any case.
 */
int stage_close(struct stage *stage, void **ret_sector0, struct error **err);

/** stage_used(stage, ret_bytes): of the room of a copy; false when it did not
 *  suffice, after which everything on it fails with EIO. */
bool stage_used(const struct stage *stage, uint64_t *ret_bytes);

/** stage_sweep(): take down whatever an earlier run left. */
void stage_sweep(void);

#endif
