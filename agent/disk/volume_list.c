/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of volumes: what libblkid sees on one device becomes entries.  It
 * opens nothing.
 */
#include "disk/volume_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/layout.h"
#include "disk/lvm.h"

#define PARTS_MAX 256

/* Takes the three texts out of found; like: kind, disk and holder. */
static int add_volume(struct volumes *volumes, const char *device,
		      struct layout_signature *found, const struct volume *like,
		      struct error **err)
{
	struct volume *grown = reallocarray(volumes->volume, volumes->count + 1,
					    sizeof(*grown));

	if (!grown)
		return error_memory(err);
	volumes->volume = grown;
	grown += volumes->count;
	*grown = *like;
	grown->device = strdup(device);
	if (!grown->device)
		return error_memory(err);
	grown->fs = found->fs;
	grown->uuid = found->uuid;
	grown->label = found->label;
	volumes->count++;
	*found = (struct layout_signature){0};
	return 0;
}

/* A node of a partition or a volume: made by the kernel or by udev, but by a
 * thread of its own. */
static bool wait_for(const char *path)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	double deadline = io_seconds() + 5;

	while (access(path, F_OK) < 0) {
		if (io_seconds() >= deadline)
			return false;
		(void)nanosleep(&tenth, NULL);
	}
	return true;
}

static int add_part(struct volumes *volumes, const char *device,
		    struct layout_part *part, const struct volume *like,
		    struct error **err)
{
	struct layout_signature found = {part->fs, part->fs_uuid,
					 part->fs_label};
	struct volume place = *like;
	char *path = layout_part_path(device, part->number);
	int r;

	if (!path)
		return error_memory(err);
	/* What an array's partition is, only the kernel that runs it says. */
	if (!wait_for(path) && like->kind == VOLUME_SLICE) {
		log_warn("disk", "%s did not appear: passed over", path);
		free(path);
		return 0;
	}
	if (access(path, F_OK) < 0) {
		r = error_set(err, ERROR_TARGET, errno, "'%s'", path);
		free(path);
		return r;
	}
	place.number = part->number;
	r = add_volume(volumes, path, &found, &place, err);
	part->fs = found.fs;
	part->fs_uuid = found.uuid;
	part->fs_label = found.label;
	if (r == 0) {
		volumes->volume[volumes->count - 1].partuuid = part->uuid;
		part->uuid = NULL;
	}
	free(path);
	return r;
}

/* The disk is one member of an array whose superblock stands at its end: the
 * partition table that shows through is the array's. */
static bool is_whole_member(const struct layout *layout)
{
	return layout->fs && !strcmp(layout->fs, VOLUME_LIST_ARRAY);
}

int volume_list_add(struct volumes *volumes, const char *device,
		    const struct volume *like, struct error **err)
{
	struct layout_signature whole = {0};
	struct layout layout = {0};
	struct volume part = *like;
	int r;

	if (like->kind == VOLUME_PLAIN || like->kind == VOLUME_ARRAY)
		r = layout_read(device, &layout, err);
	else
		r = layout_read_signature(device, &whole, err);
	if (r < 0)
		return r;
	if (layout.fs && (!layout.kind || is_whole_member(&layout)))
		r = layout_read_signature(device, &whole, err);
	if (r == 0 && (whole.fs || like->kind == VOLUME_ARRAY))
		r = add_volume(volumes, device, &whole, like, err);
	if (r == 0 && like->kind == VOLUME_ARRAY) {
		part.kind = VOLUME_SLICE;
		part.degraded = false;
		part.holder = volumes->count - 1;
	}
	for (size_t i = 0; r == 0 && i < layout.count && i < PARTS_MAX &&
			   !is_whole_member(&layout);
	     i++)
		if (layout.part[i].fs)
			r = add_part(volumes, device, &layout.part[i], &part,
				     err);
	layout_done_signature(&whole);
	layout_done(&layout);
	return r;
}

int volume_list_note(struct volumes *volumes, enum volume_kind kind,
		     const char *name, char **pv, struct error **err)
{
	struct volume_made *grown =
		reallocarray(volumes->made, volumes->mades + 1, sizeof(*grown));
	char *copy = strdup(name);

	if (grown)
		volumes->made = grown;
	if (!grown || !copy) {
		free(copy);
		lvm_free_list(pv);
		return error_memory(err);
	}
	grown[volumes->mades++] = (struct volume_made){kind, copy, pv};
	return 0;
}
