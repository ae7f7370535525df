/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ROOT_H
#define LANDER_GUEST_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/volume.h"

struct error;

/** Another file system of the same system, mounted where it belongs. */
struct root_part {
	char *mount; /* where mount_open() put it */
	char *place; /* in the tree, as a bind mount */
};

#define ROOT_PARTS 6

/** A mounted root file system of a Linux system. */
struct root {
	const struct volume *volume; /* what it is on */
	struct volumes own; /* of root_look() only: closed with the root */
	char *mount;	    /* mount point of its file system */
	char *directory;    /* the root itself: mount, or a subvolume in it */
	char *name;	  /* PRETTY_NAME of os-release, printable; or "Linux" */
	uint8_t mark[16]; /* another one after the system has run */
	struct root_part part[ROOT_PARTS];
	size_t parts;
};

/** What a root is opened for. */
enum root_use {
	ROOT_LOOK,    /* nothing is written, no journal is replayed */
	ROOT_RECEIPT, /* the root, /var and /var/log may be written to */
	ROOT_CONVERT, /* all of it may */
};

/**
 * root_open(volumes, which, use, ret, err): mount the root on a volume
 * (root_find_all() names them) with those file systems that its fstab puts on
 * /usr, /boot, /boot/efi, /efi, /var and /var/log and that are among the
 * volumes, btrfs subvolumes too, also where it names them as the old machine
 * did.  What the system itself calls its volumes is noted in them
 * (guest/alias).  Returns 1 when no root is there.
 * Every file system is first looked at without a byte changed (no journal is
 * replayed); then those that use allows, and no others, are mounted for
 * writing.
 * mark: XXH3-128 over the first 128 KiB of the root and of the others, which
 * is where ext4, XFS and btrfs keep the superblock that a mount for writing
 * changes; read before anything was mounted here.
 */
int root_open(struct volumes *volumes, size_t which, enum root_use use,
	      struct root *ret_root, struct error **err);
int root_close(struct root *root, struct error **err);

/** root_look(order, ret, err): the first root on these disks, to look at;
 *  order->read_only is taken as set.  Returns 1 when there is none. */
int root_look(const struct volume_order *order, struct root *ret_root,
	      struct error **err);

/** root_look_disk(device, ret, err): on this one disk, without any key. */
int root_look_disk(const char *device, struct root *ret_root,
		   struct error **err);

#endif
