/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_ROOTFS_H
#define LANDER_DISK_ROOTFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** One file system of the new system, or one btrfs subvolume of it. */
struct rootfs_part {
	char *place;	 /* in the system: "/", "/boot/efi" */
	char *directory; /* that place here, absolute, without a last "/" */
	char *fs;	 /* "ext4", "xfs", "btrfs", "vfat" */
	char *device;	 /* here: "/dev/loop0p2", "/dev/mapper/vg0-root" */
	char *uuid;	 /* of the file system, as libblkid writes it */
	char *subvolume; /* of btrfs, from its top: "@var"; NULL: no btrfs */
	char *options;	 /* that the source has it mounted with: "rw,noatime" */
	/* Where it is mounted there, and of which device ("/dev/dm-1").  NULL:
	 * the source has no file system of its own there; what is in it comes
	 * with the one above it. */
	char *source_place;
	char *source_device;
	/* A subvolume that only reads there, or a snapshot of that kind: to be
	 * made so again when all is copied (btrfs-property(8), "ro"). */
	bool read_only;
	bool standard; /* the subvolume that is mounted by default */
	uint64_t used; /* bytes in it on the source; 0: not known */
	uint64_t size; /* bytes of the new file system */
};

/** The file systems of the new system, mounted as one tree.  Parents come
 *  before what is in them, so that copying them in this order fills the tree,
 *  and its opposite takes it down. */
struct rootfs {
	char *directory; /* where its "/" is here */
	struct rootfs_part *part;
	size_t count;
};

/** rootfs_mount(rootfs, err): mounts every part at its place below a directory
 *  of its own, which it names in ->directory; makes the mount points and the
 *  subvolumes that are missing.  What is mounted already is left alone, so that
 *  it may be called again.  Errors: what was mounted is taken down. */
int rootfs_mount(struct rootfs *rootfs, struct error **err);

/** rootfs_unmount(rootfs, err): all of it, the last one first; waits a moment
 *  for who still uses it. */
int rootfs_unmount(struct rootfs *rootfs, struct error **err);

void rootfs_done(struct rootfs *rootfs);

#endif
