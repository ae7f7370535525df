/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_BLOCKDEV_H
#define LANDER_DISK_BLOCKDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** One whole disk of this machine, or a regular file named as a target. */
struct blockdev {
	char *name;    /* "vda"; a file's last component */
	char *path;    /* "/dev/vda" */
	char *serial;  /* NULL when unknown */
	char *wwn;     /* "naa.5000…", "eui.…", NULL when unknown */
	char *model;   /* NULL when unknown */
	char *bus;     /* "virtio", "nvme", "ata", "scsi", "usb", "file" */
	uint64_t size; /* bytes */
	uint32_t logical_block; /* bytes; 512 for a file */
	bool is_block;		/* false: a regular file */
	bool read_only;
	bool removable;
	char *busy; /* why it must not be a target: "the live medium",
		     * "mounted at /srv", "held by dm-0", "the configuration
		     * volume"; NULL when it is free */
};

struct blockdevs {
	struct blockdev *disk; /* sorted by kernel name, natural order */
	size_t count;
};

/**
 * blockdev_list(ret, err): every whole disk, from /sys/block; not loop, nbd,
 * ram, zram, dm, md, floppy or optical drives, not disks of size 0. Source:
 * Documentation/ABI/stable/sysfs-block.
 */
int blockdev_list(struct blockdevs *ret_list, struct error **err);

/** blockdev_probe(path, ret, err): one block device (also a loop device, when
 *  it is named) or regular file.  Errors: ENOENT, ENOTBLK (ERROR_CONFIG). */
int blockdev_probe(const char *path, struct blockdev *ret_disk,
		   struct error **err);

/** blockdev_find(list, text): the disk with this name, path, serial, wwn or
 *  /dev/disk/by-* link; NULL when none or more than one has it. */
const struct blockdev *blockdev_find(const struct blockdevs *list,
				     const char *text);

/** blockdev_partition(device, number, buf, room): path of its partition; a "p"
 *  stands between a digit and the number.  Source: Linux
 *  block/partitions/core.c, add_partition(). */
const char *blockdev_partition(const char *device, unsigned int number,
			       char *buf, size_t room);

/** blockdev_copy(from, ret, err): a deep copy. */
int blockdev_copy(const struct blockdev *from, struct blockdev *ret_disk,
		  struct error **err);
void blockdev_done(struct blockdev *disk);
void blockdev_free_list(struct blockdevs *list);

#endif
