/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_DEVICENAME_OLD_H
#define LANDER_GUEST_DEVICENAME_OLD_H

#include <stdbool.h>

/** What sort of name it is, by its text alone. */
enum devicename_old_kind {
	DEVICENAME_OLD_NONE,   /* no device: "proc", "/swapfile", "host:/srv" */
	DEVICENAME_OLD_TAG,    /* UUID=…, /dev/disk/by-label/…, LVM: written on
				* the disk, so it can be looked for */
	DEVICENAME_OLD_OPAQUE, /* PARTLABEL=, /dev/md0, /dev/mapper/x …: means
				* the same, can't be looked for */
	DEVICENAME_OLD_DISK,   /* by controller, order or hardware */
	DEVICENAME_OLD_DRIVE,  /* /dev/sr0, /dev/cdrom, /dev/fd0 */
};

enum devicename_old_kind devicename_old_kind(const char *name);

/** A name by controller, order or hardware, taken apart. */
struct devicename_old {
	char key[128];	     /* the disk: "sda", "by-path/pci-0000:00:1f.2" */
	int family;	     /* names of one family are in one order */
	long index;	     /* of the disk in its family; -1: not in the name */
	unsigned int number; /* of the partition; 0: the whole disk */
};

/** devicename_old_read(name, ret): false when it is no such name. */
bool devicename_old_read(const char *name, struct devicename_old *ret_old);

#endif
