/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The places of the new tree.  A place is taken from the running source, not
 * from its fstab: only what is mounted can be copied.  A bind mount shows again
 * what is there already, and is no place of its own.
 */
#include "plan/fit_mount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/fit_work.h"

#define SET(to, text) ((void)snprintf(to, sizeof(to), "%s", text))

static struct design_mount *add(struct fit_work *work, size_t node,
				const char *place)
{
	struct design_mount *to;

	if (*place != '/' || strstr(place, "/../") || strlen(place) < 1)
		return NULL;
	for (size_t i = 0; i < work->design->mounts; i++)
		if (!strcmp(work->design->mount[i].place, place)) {
			fit_work_note(work,
				      "something else is mounted at %s, too: "
				      "only one of them is seen",
				      place);
			return NULL;
		}
	to = design_add_mount(work->design);
	if (!to)
		return NULL;
	to->node = node;
	SET(to->place, place);
	if (!strcmp(place, "/"))
		work->root = node;
	return to;
}

/* A file system uses what it uses once, however many places it is seen at. */
static bool is_counted(const struct fit_work *work,
		       const struct design_mount *to)
{
	for (size_t i = 0; i < work->design->mounts; i++) {
		const struct design_mount *other = &work->design->mount[i];

		if (other != to && other->node == to->node && other->used)
			return true;
	}
	return false;
}

static void from_source(struct fit_work *work, struct design_mount *to,
			const struct storage_mount *mount)
{
	if (!to)
		return;
	SET(to->source_place, to->place);
	SET(to->options, mount->options);
	(void)snprintf(to->source_device, sizeof(to->source_device), "/dev/%s",
		       work->storage->device[mount->device].name);
	to->used = is_counted(work, to) ? 0 : mount->used;
}

/* --- btrfs --------------------------------------------------------------- */

/* "/@/x" is below "/@", and "/" above all. */
static const char *rest_below(const char *root, const char *path)
{
	size_t length = strlen(root);

	if (!strcmp(root, "/"))
		return *path ? path : NULL;
	if (strncmp(root + 1, path, length - 1) != 0 || path[length - 1] != '/')
		return NULL;
	return path + length;
}

static const struct storage_mount *mounted_as(const struct fit_work *work,
					      size_t device, const char *path)
{
	for (size_t i = 0; i < work->storage->mounts; i++) {
		const struct storage_mount *mount = &work->storage->mount[i];

		if (mount->device == device && *mount->root == '/' &&
		    !strcmp(mount->root + 1, path))
			return mount;
	}
	return NULL;
}

static bool is_subvolume(const struct storage_device *from, const char *path)
{
	for (size_t i = 0; i < from->subvolumes; i++)
		if (from->subvolume[i].path &&
		    !strcmp(from->subvolume[i].path, path))
			return true;
	return false;
}

/* The mount that shows a subvolume which has none of its own, the nearest. */
static const struct storage_mount *shown_by(const struct fit_work *work,
					    size_t device, const char *path)
{
	const struct storage_mount *best = NULL;

	for (size_t i = 0; i < work->storage->mounts; i++) {
		const struct storage_mount *mount = &work->storage->mount[i];

		if (mount->device != device || !rest_below(mount->root, path))
			continue;
		if (!best || strlen(mount->root) > strlen(best->root))
			best = mount;
	}
	return best;
}

/* Where a subvolume without a mount of its own is seen; false: nowhere. */
static bool shown_at(const struct fit_work *work, size_t device,
		     const char *path, char place[2 * STORAGE_PLACE])
{
	const struct storage_mount *by = shown_by(work, device, path);

	if (!by)
		return false;
	(void)snprintf(place, (size_t)2 * STORAGE_PLACE, "%s/%s",
		       strcmp(by->place, "/") ? by->place : "",
		       rest_below(by->root, path));
	return true;
}

static void add_shown(struct fit_work *work, size_t node, size_t device,
		      const struct storage_subvolume *subvolume)
{
	const struct storage_mount *by =
		shown_by(work, device, subvolume->path);
	char place[2 * STORAGE_PLACE];
	struct design_mount *to;

	if (!shown_at(work, device, subvolume->path, place)) {
		work->fit->left++;
		fit_work_note(work,
			      "the subvolume %s is not mounted there: it is "
			      "left out",
			      subvolume->path);
		return;
	}
	if (strlen(place) >= DESIGN_PLACE)
		return;
	to = add(work, node, place);
	from_source(work, to, by);
	if (to) {
		SET(to->subvolume, subvolume->path);
		to->used = 0;
	}
}

static void collect_subvolumes(struct fit_work *work, size_t node,
			       size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	char place[2 * STORAGE_PLACE];
	unsigned int snapshots = 0;

	for (size_t i = 0; i < from->subvolumes; i++) {
		const struct storage_subvolume *one = &from->subvolume[i];
		const struct storage_mount *mount;
		struct design_mount *to;

		if (!one->path)
			continue;
		mount = mounted_as(work, device, one->path);
		if (!mount && one->read_only) {
			snapshots++;
			if (shown_at(work, device, one->path, place))
				fit_work_leave(work, place);
			continue;
		}
		if (!mount) {
			add_shown(work, node, device, one);
			continue;
		}
		to = add(work, node, mount->place);
		from_source(work, to, mount);
		if (to) {
			SET(to->subvolume, one->path);
			to->read_only = one->read_only;
			to->standard = one->id == from->standard;
		}
	}
	work->fit->left += snapshots;
	if (snapshots)
		fit_work_note(work,
			      "%u read-only snapshots of the btrfs on %s are "
			      "left out: as files each would take its whole "
			      "size",
			      snapshots, from->name);
}

/* --- all ----------------------------------------------------------------- */

void fit_mount_collect(struct fit_work *work, size_t node, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	bool taken = false;

	for (size_t i = 0; i < work->storage->mounts; i++) {
		const struct storage_mount *mount = &work->storage->mount[i];

		if (mount->device != device || strcmp(mount->root, "/") != 0)
			continue;
		if (taken) {
			fit_work_note(work,
				      "%s is mounted at %s once more: its "
				      "files are copied once",
				      from->name, mount->place);
			continue;
		}
		taken = true;
		from_source(work, add(work, node, mount->place), mount);
	}
	collect_subvolumes(work, node, device);
	/* What is seen of it is a directory of it, by a bind mount alone. */
	for (size_t i = 0; !taken && i < work->storage->mounts; i++) {
		const struct storage_mount *mount = &work->storage->mount[i];

		if (mount->device == device && !from->subvolumes &&
		    strcmp(mount->root, "/") != 0 &&
		    !is_subvolume(from, mount->root + 1)) {
			fit_work_refuse(work,
					"of %s only the directory %s is "
					"mounted, at %s: mount all of it there",
					from->name, mount->root, mount->place);
			return;
		}
	}
}

void fit_mount_add(struct fit_work *work, size_t node, const char *place)
{
	(void)add(work, node, place);
}

/* The shorter is the parent. */
static int compare(const void *a, const void *b)
{
	const struct design_mount *x = a;
	const struct design_mount *y = b;
	size_t m = strlen(x->place);
	size_t n = strlen(y->place);

	if (m != n)
		return m < n ? -1 : 1;
	return strcmp(x->place, y->place);
}

void fit_mount_sort(struct fit_work *work)
{
	if (work->design->mounts)
		qsort(work->design->mount, work->design->mounts,
		      sizeof(*work->design->mount), compare);
}
