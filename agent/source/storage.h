/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_STORAGE_H
#define LANDER_SOURCE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/layout.h"
#include "disk/superblock.h"

struct error;

/* More of anything is left out, and struct storage says so. */
#define STORAGE_DEVICES_MAX 256U
#define STORAGE_MOUNTS_MAX  512U
#define STORAGE_SWAPS_MAX   64U
#define STORAGE_ON_MAX	    16U
#define STORAGE_VOLUMES_MAX 1024U /* subvolumes of one btrfs */

#define STORAGE_WORD  64U
#define STORAGE_NAME  160U
#define STORAGE_PLACE 512U

/** What a device is. */
enum storage_kind {
	STORAGE_DISK,
	STORAGE_PART,
	STORAGE_LVM,
	STORAGE_CRYPT,
	STORAGE_MD,
	STORAGE_OTHER, /* multipath, dmraid, bcache, drbd, … */
};

/** One subvolume of a btrfs. */
struct storage_subvolume {
	uint64_t id;
	uint64_t parent;
	char *name; /* within its parent: "a/b" */
	char *path; /* from the top: "@/a/b"; NULL: it leads nowhere */
	bool read_only;
};

struct storage_device {
	char name[STORAGE_WORD]; /* in /dev */
	enum storage_kind kind;
	char word[STORAGE_WORD]; /* the kind in its own words */
	uint64_t size;		 /* bytes */
	uint64_t sector;
	size_t on[STORAGE_ON_MAX]; /* places in the list; of a partition its
				    * disk */
	size_t ons;
	bool on_more; /* it stands on something that is not in the list */
	/* Of a partition */
	uint64_t number;
	uint64_t start;
	/* Of device-mapper */
	char mapped[STORAGE_NAME]; /* "vg-root" */
	char uuid[STORAGE_NAME];
	char target[STORAGE_WORD]; /* "linear"; "" when there are several */
	/* Of LVM: the two halves of its name; "" when it is a hidden one */
	char group[STORAGE_NAME];
	char volume[STORAGE_NAME];
	/* Of MD */
	char level[STORAGE_WORD];
	char metadata[STORAGE_WORD];
	char md_uuid[STORAGE_WORD];
	char md_name[STORAGE_NAME];
	uint64_t members;

	struct superblock fs; /* what is in it */
	struct layout layout; /* of a disk; logical partitions are not seen */
	struct storage_subvolume *subvolume;
	size_t subvolumes;
	uint64_t standard; /* the subvolume that is mounted by default */
};

struct storage_mount {
	size_t device;
	char root[STORAGE_PLACE]; /* of the file system, that is seen */
	char place[STORAGE_PLACE];
	char type[STORAGE_WORD];
	char options[STORAGE_PLACE]; /* both kinds, "rw,noatime,…" */
	bool known;		     /* the following is */
	uint64_t size;		     /* bytes */
	uint64_t used;
	uint64_t files;
};

struct storage_swap {
	bool is_file;
	size_t device; /* else */
	char file[STORAGE_PLACE];
	uint64_t size; /* bytes */
	uint64_t used;
};

/** Which parts of GRUB it has, by well-known paths. */
struct storage_grub {
	bool told;    /* else nothing is known */
	bool program; /* grub-install or grub2-install, of whatever GRUB */
	bool bios;    /* GRUB 2's modules for BIOS */
	bool menu;    /* … its grub.cfg */
	bool legacy;  /* GRUB 0.97's stages */
};

/** What lies on what on a source machine.  A claim of somebody else: texts are
 *  printable and bounded, numbers below 2^54, places exist. */
struct storage {
	bool uefi; /* how it was started */
	struct storage_device *device;
	size_t devices;
	struct storage_mount *mount;
	size_t mounts;
	struct storage_swap swap[STORAGE_SWAPS_MAX];
	size_t swaps;
	char *fstab; /* or NULL */
	char *crypttab;
	struct storage_grub grub;
	bool cut; /* there is more of something than is kept here */
};

/** storage_parse(name, text, length, ret, err): of lander-source's JSON.  What
 *  does not fit is left out.  name: of the machine, for messages.  Errors:
 *  ERROR_SOURCE. */
int storage_parse(const char *name, const void *text, size_t length,
		  struct storage *ret, struct error **err);
void storage_done(struct storage *storage);

/** storage_find(storage, name): the device of this name in /dev, its place in
 *  the list, or STORAGE_NONE. */
#define STORAGE_NONE SIZE_MAX
size_t storage_find(const struct storage *storage, const char *name);

#endif
