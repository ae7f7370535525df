/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Roots of Linux systems, found by what they hold, not by what their volumes
 * are called.  It chooses none by itself where there are several.
 */
#include "guest/root_find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "disk/mount.h"
#include "disk/volume.h"
#include "guest/alias.h"
#include "guest/devicename.h"
#include "guest/devicename_old.h"
#include "guest/fstab.h"
#include "guest/tree.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define NAME_BYTES 64

static const char *const mountable[] = {"ext2", "ext3", "ext4", "xfs", "btrfs"};

/* Where btrfs installers put the root inside the file system. */
static const char *const inside[] = {"", "/@", "/root", "/@rootfs",
				     "/@/.snapshots/1/snapshot"};

static bool is_root(const char *directory)
{
	return (tree_has(directory, "/usr/lib/os-release") ||
		tree_has(directory, "/etc/os-release") ||
		tree_has(directory, "/etc/fstab")) &&
	       tree_has(directory, "/usr") && tree_has(directory, "/var");
}

/* What a guest calls itself goes to consoles: no control characters. */
static char *find_name(const char *text)
{
	static const char key[] = "PRETTY_NAME=";
	const char *at = text;
	char *name;

	while (at && strncmp(at, key, strlen(key)) != 0) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return NULL;
	at += strlen(key);
	at += *at == '"' || *at == '\'';
	name = strndup(at, strcspn(at, "\"'\r\n"));
	for (size_t i = 0; name && name[i]; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] > '~')
			name[i] = '?';
		if (i == NAME_BYTES)
			name[i] = '\0';
	}
	return name;
}

char *root_find_name(const char *directory)
{
	char *text = NULL;
	char *name = NULL;

	if (tree_read(directory, "/usr/lib/os-release", TEXT_LIMIT, &text) ==
		    0 ||
	    tree_read(directory, "/etc/os-release", TEXT_LIMIT, &text) == 0)
		name = find_name(text);
	free(text);
	if (name && *name)
		return name;
	free(name);
	return strdup("Linux");
}

bool root_find_mountable(const struct volume *volume)
{
	size_t count = sizeof(mountable) / sizeof(*mountable);

	for (size_t i = 0; volume->fs && i < count; i++)
		if (!strcmp(volume->fs, mountable[i]))
			return true;
	return false;
}

/* The subvolume that this root's own fstab mounts on /, where it is another
 * one: a copy of a root, as a snapshot is, names its origin. */
static void follow_fstab(const char *mount, char **directory)
{
	char *options = NULL;
	char *path = NULL;
	char *spec = NULL;
	char *text = NULL;
	char *name = NULL;
	char *other = NULL;

	if (tree_read(*directory, "/etc/fstab", TEXT_LIMIT, &text) < 0)
		return;
	if (fstab_mount(text, "/", &spec, &options))
		name = fstab_value(options, "subvol");
	if (name && asprintf(&path, "%s%s", *name == '/' ? "" : "/", name) < 0)
		path = NULL;
	if (path && tree_path(mount, path, &other) == 0 && is_root(other)) {
		free(*directory);
		*directory = other;
		other = NULL;
	}
	free(other);
	free(path);
	free(name);
	free(options);
	free(spec);
	free(text);
}

bool root_find_inside(const char *mount, char **ret_directory)
{
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		char *directory = NULL;

		/* As the guest's own path: a link there must not leave it. */
		if (!*inside[i])
			directory = strdup(mount);
		else if (tree_path(mount, inside[i], &directory) < 0)
			directory = NULL;
		if (directory && is_root(directory)) {
			follow_fstab(mount, &directory);
			*ret_directory = directory;
			return true;
		}
		free(directory);
	}
	return false;
}

/* 1 when no root is on this volume; else its name. */
static int look(struct volumes *volumes, const struct volume *volume,
		char **ret_name, struct error **err)
{
	struct error *why = NULL;
	char *directory = NULL;
	char *mount = NULL;
	int r = 1;

	if (mount_open(volume->device, volume->fs, true, &mount, &why) < 0) {
		log_warn("guest", "%s: passed over: %s", volume->device,
			 why ? why->msg : "can't be mounted");
		error_free(why);
		return 1;
	}
	if (root_find_inside(mount, &directory)) {
		*ret_name = root_find_name(directory);
		r = *ret_name ? alias_read(directory, volumes, err)
			      : error_memory(err);
	}
	free(directory);
	if (mount_close(mount, r < 0 ? NULL : err) < 0 && r >= 0)
		r = -EIO;
	return r;
}

int root_find_all(struct volumes *volumes, struct root_find **ret_found,
		  size_t *ret_count, struct error **err)
{
	struct root_find *found = calloc(volumes->count + 1, sizeof(*found));
	size_t count = 0;
	int r = 0;

	if (!found)
		return error_memory(err);
	for (size_t i = 0; r >= 0 && i < volumes->count; i++) {
		if (!root_find_mountable(&volumes->volume[i]))
			continue;
		r = look(volumes, &volumes->volume[i], &found[count].name, err);
		if (r == 0)
			found[count++].volume = i;
	}
	if (r < 0) {
		root_find_free(found, volumes->count);
		return r;
	}
	*ret_found = found;
	*ret_count = count;
	return 0;
}

void root_find_free(struct root_find *found, size_t count)
{
	for (size_t i = 0; found && i < count; i++)
		free(found[i].name);
	free(found);
}

/* /dev/sda2: the second partition, of the first disk as far as names tell. */
static bool is_old(const struct devicename_old *old,
		   const struct volume *volume)
{
	return volume->kind == VOLUME_PLAIN && volume->number == old->number &&
	       (old->index < 0 || old->index == (long)volume->disk);
}

size_t root_find_named(const struct volumes *volumes,
		       const struct root_find *found, size_t count,
		       const char *name)
{
	struct devicename_old old;
	bool by_old = devicename_old_read(name, &old);
	size_t which = count;

	for (size_t i = 0; i < count; i++) {
		const struct volume *volume = &volumes->volume[found[i].volume];

		if (!(by_old && is_old(&old, volume)) &&
		    !fstab_names(name, volume))
			continue;
		if (which < count)
			return count;
		which = i;
	}
	return which;
}

/* Where it is, in words that hold on both machines. */
static void tell_place(FILE *out, const struct volumes *volumes,
		       const struct volume *volume)
{
	switch (volume->kind) {
	case VOLUME_LOGICAL:
		(void)fprintf(out, "logical volume %s",
			      volume->device + strlen("/dev/mapper/"));
		break;
	case VOLUME_ARRAY:
	case VOLUME_SLICE:
		(void)fprintf(out, "%s",
			      volume->alias ? volume->alias[0] : "an MD array");
		break;
	case VOLUME_LUKS:
		(void)fprintf(out, "in LUKS ");
		tell_place(out, volumes, &volumes->volume[volume->holder]);
		break;
	case VOLUME_PLAIN:
		if (volume->number)
			(void)fprintf(out, "partition %u of ", volume->number);
		(void)fprintf(out, "disk %u", volume->disk + 1);
		break;
	}
}

char *root_find_tell(const struct volumes *volumes,
		     const struct root_find *found, size_t count)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	for (size_t i = 0; out && i < count; i++) {
		const struct volume *volume = &volumes->volume[found[i].volume];
		char *tag = devicename_write(volumes, volume, DEVICENAME_TAG);

		(void)fprintf(out, "%s%s (", i ? "; " : "",
			      tag ? tag : volume->device);
		tell_place(out, volumes, volume);
		(void)fprintf(out, ")%s%s", found[i].name ? ": " : "",
			      found[i].name ? found[i].name : "");
		free(tag);
	}
	if (!out || fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
