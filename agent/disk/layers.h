/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LAYERS_H
#define LANDER_DISK_LAYERS_H

/** What a block device is made of, between it and a disk.  Bits. */
enum layers {
	LAYERS_LVM = 1U << 0,
	LAYERS_LUKS = 1U << 1,
	LAYERS_MD = 1U << 2,
};

/**
 * layers_read(device, ret_level): all layers under "/dev/mapper/vg-root", from
 * it down to the disks.  ret_level: of the topmost MD array, "raid1", to
 * free(); NULL when there is none.  A device that is not there has no layers.
 * Source: Documentation/ABI/testing/sysfs-block-dm (dm/uuid: "LVM-…",
 * "CRYPT-…"), Documentation/admin-guide/md.rst (md/level).
 */
unsigned int layers_read(const char *device, char **ret_level);

#endif
