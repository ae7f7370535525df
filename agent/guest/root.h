/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ROOT_H
#define LANDER_GUEST_ROOT_H

#include <stdbool.h>

#include "disk/volume.h"

struct error;

/** A mounted root file system of a Linux system on some disk. */
struct root {
	struct volumes volumes;
	char *mount;	 /* mount point of its file system */
	char *directory; /* the root itself: mount, or a subvolume in it */
	char *device;
	char *name; /* PRETTY_NAME of os-release, "Linux" without one */
};

/**
 * root_open(device, read_only, ret, err): find the Linux root on a disk
 * (partitions, LVM, btrfs subvolumes) and mount it.  Returns 1 when there is
 * none: another system, encrypted, or no system.  read_only replays no
 * journal and changes no byte.
 */
int root_open(const char *device, bool read_only, struct root *ret_root,
	      struct error **err);
int root_close(struct root *root, struct error **err);

#endif
