/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_STAGE_H
#define LANDER_DISK_STAGE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct target;

/** A whole, normal-looking disk whose sector 0 is in memory and whose rest is
 *  the real disk.  agent/DESIGN.md, "Stage device". */
struct stage {
	char *device;  /* "/dev/loop1", partitions "/dev/loop1p1" */
	char *dm_name; /* "lander-stage-vda" */
	char *dm_path; /* "/dev/mapper/lander-stage-vda" */
	char *s0_path; /* the file in memory that holds sector 0 */
	char *s0_loop; /* the loop device over it */
	char *target;  /* the real disk, "/dev/vda" */
	bool mapped;   /* dm_name exists */
	uint32_t logical_block;
};

/**
 * stage_open(target, name, sector0, ret, err): dm-linear of [sector 0 in
 * /run/lander | the real disk], and a loop device with partition scanning and
 * direct I/O on top.  name goes into dm_name: letters, digits, "_", "-".  The
 * caller closes its O_EXCL descriptor first, because dm claims the disk.
 *
 * Errors: ENOTSUP when this kernel has no device-mapper.
 *
 * Source: Documentation/admin-guide/device-mapper/linear.rst, loop(4).
 */
int stage_open(const char *path, const char *name, const void *sector0,
	       struct stage **ret_stage, struct error **err);

/**
 * stage_close(stage, ret_sector0, err): flush, take all down, hand back the
 * staged sector 0 (logical_block bytes, to free; NULL when not wanted).
 * A busy device is waited for up to 10 s, then an error that says who, and what
 * could not be taken down is left for stage_sweep().  Frees stage in any case.
 */
int stage_close(struct stage *stage, void **ret_sector0, struct error **err);

/** stage_sweep(): take down whatever an earlier run left. */
void stage_sweep(void);

#endif
