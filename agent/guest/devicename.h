/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_DEVICENAME_H
#define LANDER_GUEST_DEVICENAME_H

#include <stdbool.h>
#include <stddef.h>

struct volume;
struct volumes;

/**
 * Which volume a name meant that a Linux system wrote on its old machine.
 *
 * Names that no machine chooses (UUID=, LABEL=, PARTUUID=, PARTLABEL=, their
 * links below /dev/disk, LVM, MD) mean the same here.  Names by controller and
 * order (sd, hd, vd, xvd, nvme, mmcblk, cciss, by-id, by-path, multipath) hold
 * two facts that survive a move: the number of the partition, which must be
 * there, and the order of the disks, as far as the job's disks and the names
 * in use agree.  The kind of content that the reader expected must agree, too.
 * Source: Documentation/admin-guide/devices.txt of the kernel; udev's
 * 60-persistent-storage.rules; lvm(8), md(4).
 */
enum devicename_verdict {
	DEVICENAME_NONE,    /* no device of a disk: "proc", "host:/srv" */
	DEVICENAME_STABLE,  /* means the same here */
	DEVICENAME_MOVED,   /* volume is what it meant */
	DEVICENAME_UNKNOWN, /* can't be found here: see why */
};

struct devicename {
	enum devicename_verdict verdict;
	const struct volume *volume; /* MOVED, and STABLE where it was found */
	char why[200];		     /* UNKNOWN: in plain words */
};

/** One disk of the old machine, as a name called it. */
struct devicename_disk {
	char key[128]; /* "sda", "by-id/ata-Disk_1" */
	int family;    /* which row of the table of names */
	long index;    /* "sdb": 1; -1 when the name holds no order */
	long known;    /* the job's disk that it is for certain, or -1 */
};

#define DEVICENAME_DISKS 64

/** The old machine's disks, as far as its files name them. */
struct devicename_order {
	const struct volumes *volumes;
	unsigned int disks; /* of the job */
	size_t count;
	struct devicename_disk disk[DEVICENAME_DISKS];
};

/** devicename_order_make(volumes, disks): an order that knows no name yet.
 *  disks 0: as many as the volumes are on. */
struct devicename_order devicename_order_make(const struct volumes *volumes,
					      unsigned int disks);

/** devicename_note(order, name): this name is in use in some file.  Names must
 *  be noted before one is resolved: their number is evidence. */
void devicename_note(struct devicename_order *order, const char *name);

/** devicename_note_fstab(order, text, root): devicename_note() for all names in
 *  a text as fstab(5) has it; root, or NULL, is the volume of "/". */
void devicename_note_fstab(struct devicename_order *order, const char *text,
			   const struct volume *root);

/** devicename_anchor(order, name, volume): this name is known to mean this
 *  volume (that of the root); ignored when the partition's number differs. */
void devicename_anchor(struct devicename_order *order, const char *name,
		       const struct volume *volume);

/**
 * devicename_resolve(order, name, type, likely): type is what the reader
 * expects there, as in fstab(5) ("ext4", "swap", "auto", a list with commas)
 * or "crypto_LUKS"; NULL: any.  likely: taken when a name that holds no order
 * fits it among others; NULL: none.
 */
struct devicename devicename_resolve(const struct devicename_order *order,
				     const char *name, const char *type,
				     const struct volume *likely);

/** devicename_fits(volume, type): a file system of that type can be there. */
bool devicename_fits(const struct volume *volume, const char *type);

/** How a name is written. */
enum devicename_form {
	DEVICENAME_TAG,	     /* UUID=, else PARTUUID=, else LABEL= */
	DEVICENAME_PARTUUID, /* what a kernel finds without an initramfs */
	DEVICENAME_PATH,     /* /dev/disk/by-uuid/…, else by-partuuid */
};

/** devicename_write(volumes, volume, form): the new name, to free(); NULL when
 *  the volume has none that is its own alone, or no memory. */
char *devicename_write(const struct volumes *volumes,
		       const struct volume *volume, enum devicename_form form);

#endif
