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

/** A mounted root file system of a Linux system on some disk. */
struct root {
	struct volumes volumes;
	char *mount;	 /* mount point of its file system */
	char *directory; /* the root itself: mount, or a subvolume in it */
	char *device;
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
 * root_open(device, use, ret, err): find the Linux root on a disk
 * (partitions, LVM, btrfs subvolumes) and mount it, with those file systems
 * that its fstab puts on /usr, /boot, /boot/efi, /efi, /var and /var/log and
 * that are on this disk, also where it names them as the old machine did.
 * Returns 1 when there is none: another system, encrypted, or no system.
 * Every file system is first looked at without a byte changed (no journal is
 * replayed); then those that use allows, and no others, are mounted for
 * writing.
 * mark: XXH3-128 over the first 128 KiB of the root and of the others, which
 * is where ext4, XFS and btrfs keep the superblock that a mount for writing
 * changes; read before anything was mounted here.
 */
int root_open(const char *device, enum root_use use, struct root *ret_root,
	      struct error **err);
int root_close(struct root *root, struct error **err);

/** root_is(directory): a Linux system is in it, by what it holds. */
bool root_is(const char *directory);

/** root_os_name(directory): PRETTY_NAME of its os-release, printable, to
 * free(); "Linux" without one. */
char *root_os_name(const char *directory);

/** root_volume(root): the one of its volumes that the root is on. */
const struct volume *root_volume(const struct root *root);

#endif
