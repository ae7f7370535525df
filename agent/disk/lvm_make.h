/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LVM_MAKE_H
#define LANDER_DISK_LVM_MAKE_H

#include <stdint.h>

struct error;

#define LVM_MAKE_EXTENT ((uint64_t)4 << 20) /* bytes, LVM's own choice */
#define LVM_MAKE_HEAD	((uint64_t)1 << 20) /* before the first one */

/** lvm_make_part(device, uuid, err): a physical volume; uuid "": a new one.
 *  What was there is lost.  Source: pvcreate(8), --norestorefile. */
int lvm_make_part(const char *device, const char *uuid, struct error **err);

/** lvm_make_group(devices, name, err): of these physical volumes, a
 *  NULL-terminated list.  Source: vgcreate(8). */
int lvm_make_group(char *const *devices, const char *name, struct error **err);

/** A new logical volume. */
struct lvm_make_volume {
	const char *group;
	const char *name;
	uint64_t extents; /* 0: all that are free */
};

/** lvm_make_volume(devices, volume, err): linear and active, and what it held
 *  is not wiped.  Source: lvcreate(8). */
int lvm_make_volume(char *const *devices, const struct lvm_make_volume *volume,
		    struct error **err);

#endif
