/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the file systems of one disk are.  MD and LUKS are passed over.
 */
#include "disk/volume.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/process.h"
#include "disk/layout.h"
#include "disk/lvm.h"
#include "disk/mapper.h"
#include "disk/mount.h"

#define PV_TYPE	  "LVM2_member"
#define PARTS_MAX 256

/* Takes the three texts out of found. */
static int add_volume(struct volumes *volumes, const char *device,
		      struct layout_signature *found, struct error **err)
{
	struct volume *grown = reallocarray(volumes->volume, volumes->count + 1,
					    sizeof(*grown));

	if (!grown)
		return error_memory(err);
	volumes->volume = grown;
	grown += volumes->count;
	*grown = (struct volume){0};
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

/* "/dev/vda" and 2: "/dev/vda2"; "/dev/loop1" and 2: "/dev/loop1p2". */
static char *part_path(const char *disk, unsigned int number)
{
	char last = disk[strlen(disk) - 1];
	char *path = NULL;

	if (asprintf(&path, "%s%s%u", disk,
		     last >= '0' && last <= '9' ? "p" : "", number) < 0)
		return NULL;
	return path;
}

/* The node of a partition: made by the kernel, but by a thread of its own. */
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

/* The last volume is this partition. */
static void place_volume(struct volumes *volumes, struct layout_part *part)
{
	struct volume *last = &volumes->volume[volumes->count - 1];

	last->number = part->number;
	last->partuuid = part->uuid;
	part->uuid = NULL;
}

/* Partitions with a signature become volumes; physical volumes go to pv. */
static int find_parts(const char *device, struct volumes *volumes, char **pv,
		      struct error **err)
{
	struct layout layout = {0};
	int r = layout_read(device, &layout, err);
	size_t pvs = 0;

	if (r < 0)
		return r;
	if (!layout.kind && layout.fs) {
		struct layout_signature whole = {0};

		r = layout_read_signature(device, &whole, err);
		if (r == 0 && strcmp(layout.fs, PV_TYPE) == 0)
			pv[pvs++] = strdup(device);
		else if (r == 0)
			r = add_volume(volumes, device, &whole, err);
		layout_done_signature(&whole);
	}
	for (size_t i = 0; r == 0 && i < layout.count && i < PARTS_MAX; i++) {
		struct layout_part *part = &layout.part[i];
		struct layout_signature found = {part->fs, part->fs_uuid,
						 part->fs_label};
		char *path = part->fs ? part_path(device, part->number) : NULL;

		if (!path)
			continue;
		if (!wait_for(path)) {
			r = error_set(err, ERROR_TARGET, ENOENT, "'%s'", path);
		} else if (strcmp(part->fs, PV_TYPE) == 0) {
			pv[pvs++] = path;
			path = NULL;
		} else {
			r = add_volume(volumes, path, &found, err);
			part->fs = found.fs;
			part->fs_uuid = found.uuid;
			part->fs_label = found.label;
			if (r == 0)
				place_volume(volumes, part);
		}
		free(path);
	}
	layout_done(&layout);
	return r;
}

/* Lets udev finish what it is at. */
static void settle(void)
{
	static const char *const argv[] = {"udevadm", "settle", "--timeout=30",
					   NULL};
	const struct process process = {.argv = argv, .timeout_s = 40};

	if (access("/run/udev/control", F_OK) == 0)
		(void)process_run(&process, NULL, NULL);
}

/* LVM's nodes, where no udev rule makes them. */
static void make_nodes(void)
{
	static const char *const argv[] = {"lvm", "vgmknodes", "--config",
					   "activation{udev_sync=0}", NULL};
	const struct process process = {.argv = argv, .timeout_s = 60};

	(void)process_run(&process, NULL, NULL);
}

static int add_logical(struct volumes *volumes, const char *path,
		       struct error **err)
{
	struct layout_signature found = {0};
	int r;

	if (!wait_for(path)) {
		log_warn("disk", "%s did not appear: passed over", path);
		return 0;
	}
	r = layout_read_signature(path, &found, err);
	if (r == 0 && found.fs)
		r = add_volume(volumes, path, &found, err);
	layout_done_signature(&found);
	return r;
}

static int open_group(char *const *pv, const char *group,
		      struct volumes *volumes, struct error **err)
{
	char **paths = NULL;
	int r = lvm_activate(pv, group, err);

	if (r < 0)
		return r;
	settle();
	make_nodes();
	r = lvm_volumes(pv, group, &paths, err);
	for (size_t i = 0; r == 0 && paths && paths[i]; i++)
		r = add_logical(volumes, paths[i], err);
	lvm_free_list(paths);
	return r;
}

int volume_open(const char *device, struct volumes *ret_volumes,
		struct error **err)
{
	struct volumes volumes = {0};
	char **pv = calloc(PARTS_MAX + 2, sizeof(*pv));
	int r;

	volumes.device = strdup(device);
	if (!pv || !volumes.device) {
		r = error_memory(err);
		goto out;
	}
	settle();
	r = find_parts(device, &volumes, pv, err);
	if (r == 0 && pv[0])
		r = lvm_groups(pv, &volumes.group, err);
	volumes.pv = pv;
	pv = NULL;
	for (size_t i = 0; r == 0 && volumes.group && volumes.group[i]; i++)
		r = open_group(volumes.pv, volumes.group[i], &volumes, err);
out:
	lvm_free_list(pv);
	if (r < 0) {
		(void)volume_close(&volumes, NULL);
		return error_wrap(err, "volumes of '%s'", device);
	}
	*ret_volumes = volumes;
	return 0;
}

int volume_close(struct volumes *volumes, struct error **err)
{
	int r = 0;

	for (size_t i = 0; volumes->group && volumes->group[i]; i++) {
		int closed = lvm_deactivate(volumes->pv, volumes->group[i],
					    r < 0 ? NULL : err);

		if (r == 0)
			r = closed;
	}
	for (size_t i = 0; i < volumes->count; i++) {
		free(volumes->volume[i].device);
		free(volumes->volume[i].fs);
		free(volumes->volume[i].uuid);
		free(volumes->volume[i].label);
		free(volumes->volume[i].partuuid);
	}
	free(volumes->volume);
	lvm_free_list(volumes->group);
	lvm_free_list(volumes->pv);
	free(volumes->device);
	*volumes = (struct volumes){0};
	return r;
}

void volume_release(const char *device)
{
	struct layout layout = {0};

	mount_sweep();
	mapper_remove_holders(device);
	if (layout_read(device, &layout, NULL) < 0)
		return;
	for (size_t i = 0; i < layout.count; i++) {
		char *path = part_path(device, layout.part[i].number);

		if (path)
			mapper_remove_holders(path);
		free(path);
	}
	layout_done(&layout);
}
