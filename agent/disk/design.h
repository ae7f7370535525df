/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_DESIGN_H
#define LANDER_DISK_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/superblock.h"

/** What is to be on disks: a list in which everything comes behind what it
 *  stands on, so that it can be made from the first to the last. */

#define DESIGN_MIB   ((uint64_t)1 << 20)
#define DESIGN_ON    16U  /* what one thing stands on, at most */
#define DESIGN_WORD  64U  /* bytes of a short text, with its zero byte */
#define DESIGN_NAME  160U /* … of a name (LVM allows 127) */
#define DESIGN_PLACE 512U /* … of a path */

enum design_kind {
	DESIGN_DISK,
	DESIGN_PART,	  /* a partition */
	DESIGN_ARRAY,	  /* MD */
	DESIGN_CONTAINER, /* LUKS */
	DESIGN_GROUP,	  /* of LVM */
	DESIGN_VOLUME,	  /* … in it */
};

struct design_node {
	enum design_kind kind;
	size_t on[DESIGN_ON]; /* places in the list */
	size_t ons;
	/* Of the partition (GPT), array, group, volume; what is in a container
	 * is called so, by crypttab. */
	char name[DESIGN_NAME];
	/* Of the table (GUID or "0x12345678"), the partition, the array, the
	 * container; "": a new one */
	char uuid[DESIGN_WORD];
	uint64_t start; /* DESIGN_PART: bytes */
	uint64_t size;	/* bytes; 0 of a volume: all that is left */

	char table[8];		/* DESIGN_DISK: "gpt", "dos", "" for none */
	unsigned int number;	/* DESIGN_PART */
	char type[DESIGN_WORD]; /* … a GUID, or "0x83" */
	bool extended;	/* DESIGN_PART of an MBR: holds the logical ones */
	uint64_t flags; /* … GPT's attributes; an MBR's: 0x80 */
	char level[DESIGN_WORD];    /* DESIGN_ARRAY: "raid1" */
	char metadata[DESIGN_WORD]; /* … "1.2" */
	unsigned int version;	    /* DESIGN_CONTAINER: LUKS 1 or 2 */
	bool for_loader;	    /* … GRUB has to open it */
	bool physical;		    /* a physical volume of LVM is made in it */
	char physical_uuid[DESIGN_WORD]; /* … "": a new one */

	struct superblock fs; /* made in it; .fs "" for none */
	uint64_t files;	      /* how many it has to hold, 0: not known */

	char device[DESIGN_NAME + 16]; /* where it is here, when it is made;
					* of a DISK before */
	/* What it is of the source, for people. */
	char origin[DESIGN_NAME];
};

/** A place of the new system's tree. */
struct design_mount {
	size_t node;
	char place[DESIGN_PLACE];
	char subvolume[DESIGN_PLACE]; /* of btrfs; "" for none */
	char options[DESIGN_PLACE];
	char source_place[DESIGN_PLACE]; /* "": it comes with its parent */
	char source_device[DESIGN_NAME];
	bool read_only;
	bool standard; /* the subvolume that is mounted by default */
	uint64_t used;
};

struct design {
	struct design_node *node;
	size_t count;
	struct design_mount *mount;
	size_t mounts;
};

/** design_add(design, kind): one more, empty but for its kind; NULL: no
 *  memory.  What was returned before is void. */
struct design_node *design_add(struct design *design, enum design_kind kind);
struct design_mount *design_add_mount(struct design *design);
void design_done(struct design *design);

/** design_mapped(group, volume, ret_path, room): what device-mapper calls a
 *  volume, "/dev/mapper/g-a--b" for "a-b" of the group "g"; room: at least 16
 *  bytes. */
void design_mapped(const char *group, const char *volume, char *ret_path,
		   size_t room);

#endif
