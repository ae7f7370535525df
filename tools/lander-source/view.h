/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_VIEW_H
#define LANDER_SOURCE_VIEW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire.h"

struct text;

#define VIEW_RANGES   1024U
#define VIEW_VOLUMES  64U
#define VIEW_WATCHED  256U
#define VIEW_KEPT_MAX (8U << 20) /* bytes of all metadata areas together */
#define VIEW_NAME     280U

/** What is read of a place of a disk. */
enum view_kind {
	VIEW_DISK,   /* the disk itself */
	VIEW_VOLUME, /* a snapshot */
	VIEW_KEPT,   /* what was there before the snapshots were made */
	VIEW_ZERO,   /* nothing that a copy needs: zeroes */
};

/** A part of a disk that is not read from the disk. */
struct view_range {
	uint32_t disk; /* index in view.disk */
	enum view_kind kind;
	uint64_t begin; /* bytes */
	uint64_t end;
	uint32_t volume; /* VIEW_VOLUME: index in view.volume */
	uint64_t offset; /* of begin: in the volume, or in the memory */
};

/** A volume, and the snapshot that is made of it. */
struct view_volume {
	char label[VIEW_NAME];	/* "vg/root", for people */
	char mapped[VIEW_NAME]; /* the volume in device-mapper */
	char group[128];
	char snapshot[128]; /* its name in the group */
	char place[256];    /* where it is mounted */
	uint64_t size;	    /* bytes */
	uint64_t room;	    /* bytes that can be written meanwhile, about */
	uint64_t extents;   /* the same, in the group's own measure */
	char node[VIEW_NAME];
	char number[24]; /* of the snapshot's device */
	_Atomic int state;
};

/** What is not snapshotted, and nobody may write to meanwhile. */
struct view_watched {
	char label[64];
	char number[24];
	uint64_t count; /* of sectors written, at the moment */
};

/** How the disks were at one moment.  It lies in memory that every process of
 *  ours on this machine can find by its key, and is gone with the keeper. */
struct view {
	uint64_t magic;
	uint64_t key;
	_Atomic bool over;	       /* nothing of it is true any more */
	char disk[WIRE_DISKS_MAX][24]; /* numbers */
	size_t disks;
	struct view_range range[VIEW_RANGES]; /* ascending by disk and begin */
	size_t ranges;
	struct view_volume volume[VIEW_VOLUMES];
	size_t volumes;
	struct view_watched watched[VIEW_WATCHED];
	size_t watches;
	size_t used; /* of memory */
	uint8_t memory[VIEW_KEPT_MAX] __attribute__((aligned(4096)));
};

/** view_create(): an empty one, or NULL. */
struct view *view_create(void);

/** view_find(key): the one with this key, to look at; NULL when there is none
 *  (any more). */
const struct view *view_find(uint64_t key);

/** view_forget(view): this process needs it no more. */
void view_forget(const struct view *view);

/** view_add(view, range): false when there are too many, or it lies on another
 *  one. */
bool view_add(struct view *view, const struct view_range *range);

/** view_index(view, number, ret): which disk this is. */
bool view_index(const struct view *view, const char *number, uint32_t *ret);

/** view_piece(view, disk, offset, length): what is read there: [begin, end)
 *  begins at offset and is no longer than that, whole or in part. */
struct view_range view_piece(const struct view *view, uint32_t disk,
			     uint64_t offset, uint64_t length);

#endif
