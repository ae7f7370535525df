/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_VOLUME_H
#define LANDER_DISK_VOLUME_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct luks_key;

/** What a volume is. */
enum volume_kind {
	VOLUME_PLAIN,	/* a partition of a disk, or a whole disk */
	VOLUME_LOGICAL, /* of LVM */
	VOLUME_ARRAY,	/* MD */
	VOLUME_SLICE,	/* a partition of an array */
	VOLUME_LUKS,	/* what is in a container that was opened */
};

/** One place that may hold a file system, or other volumes. */
struct volume {
	char *device; /* "/dev/loop1p3", "/dev/mapper/vg0-root" */
	char *fs;     /* "ext4", "crypto_LUKS", "LVM2_member" … */
	char *uuid;
	char *label;
	char *partuuid; /* of a partition; NULL for others */
	enum volume_kind kind;
	unsigned int disk;   /* which of the job's disks, from 0; the first of
			      * several */
	unsigned int number; /* of a partition; 0 for others */
	size_t holder; /* VOLUME_LUKS: the container; VOLUME_ARRAY: a member;
			* VOLUME_SLICE: the array; a place in struct volumes */
	bool opened;   /* what is inside is in the list, too */
	bool degraded; /* VOLUME_ARRAY: members are missing */
	char *locked;  /* why it stays closed, NULL when nobody tried */
	/* What else the copied system calls it: "/dev/md0" of mdadm.conf,
	 * "/dev/mapper/x_crypt" of crypttab.  guest/alias sets it. */
	char **alias;
};

/** Something that was made to get at volumes; the last one goes first. */
struct volume_made {
	enum volume_kind kind;
	char *name; /* group, "/dev/md127", name of the mapping */
	char **pv;  /* VOLUME_LOGICAL: what the group is on */
};

struct volumes {
	struct volume *volume;
	size_t count;
	char *device; /* the disk that the machine starts from, or the only
		       * one */
	struct volume_made *made;
	size_t mades;
};

/** Where to look, and how. */
struct volume_order {
	const char *const *disk;    /* all disks of a job, in its order; NULL at
				     * the end */
	size_t boot;		    /* the one that the machine starts from */
	bool read_only;		    /* not a byte of the disks is changed */
	const struct luks_key *key; /* NULL: containers stay closed */
};

/**
 * volume_open(order, ret, err): what is on these disks, whatever lies on what:
 * partitions, whole disks, MD arrays (also degraded), LUKS containers, LVM
 * groups, in any nesting; all of it made from these disks only.  What can't be
 * opened is logged, stays closed, and is in the list.
 */
int volume_open(const struct volume_order *order, struct volumes *ret_volumes,
		struct error **err);
/** volume_close(volumes, err): take down what was made, free. */
int volume_close(struct volumes *volumes, struct error **err);

/** volume_rename(volumes, which, path, err): what is in an opened container is
 *  called that, "/dev/mapper/x_crypt", until it is closed. */
int volume_rename(struct volumes *volumes, size_t which, const char *path,
		  struct error **err);

/** volume_release(device): unmount everything under /run/lander/mount and
 *  remove what stands on this disk, for a run that ended badly. */
void volume_release(const char *device);

#endif
