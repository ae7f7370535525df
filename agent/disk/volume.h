/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_VOLUME_H
#define LANDER_DISK_VOLUME_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** One place that may hold a file system: a partition or a logical volume. */
struct volume {
	char *device; /* "/dev/loop1p3", "/dev/mapper/vg0-root" */
	char *fs;     /* "ext4" … */
	char *uuid;
	char *label;
	char *partuuid;	     /* of the partition; NULL for a logical volume */
	unsigned int disk;   /* which of the job's disks, from 0 */
	unsigned int number; /* of the partition; 0 for a logical volume or a
			      * whole disk */
};

struct volumes {
	struct volume *volume;
	size_t count;
	char **group; /* volume groups that volume_open activated */
	char **pv;    /* the physical volumes that they are on */
	char *device; /* the disk they were looked for on */
};

/** volume_open(device, ret, err): partitions of this disk, and the logical
 *  volumes of the LVM groups that lie on it, activated with a filter that
 *  shows LVM nothing but this disk.  Not MD, not LUKS (passed over). */
int volume_open(const char *device, struct volumes *ret_volumes,
		struct error **err);
/** volume_close(volumes, err): deactivate what was activated; free. */
int volume_close(struct volumes *volumes, struct error **err);

/** volume_release(device): unmount everything under /run/lander/mount and
 *  remove what is mapped onto this disk, for a run that ended badly. */
void volume_release(const char *device);

#endif
