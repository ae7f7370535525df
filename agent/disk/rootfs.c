/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The new system's file systems as one tree.  Mount points are made and found
 * component by component, and no link is followed: what is copied into the tree
 * is somebody else's, and a second mounting goes through it.
 */
#include "disk/rootfs.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/mount.h"

/* mount_sweep() knows what lies there. */
#define TREE	 "/run/lander/mount/tree"
#define PATIENCE 10.0 /* seconds */

/* One step down, made where it is missing; -errno. */
static int step(int at, const char *name, bool make)
{
	int fd = openat(at, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd < 0 ? -errno : fd;
	if (mkdirat(at, name, 0755) < 0)
		return -errno;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static bool is_step(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The directory place ("/var/log", "@/home") below top; -errno.  *ret_last, not
 * NULL: all but the last component, which is copied there. */
static int walk(const char *top, const char *place, char *ret_last, size_t room)
{
	char *text = strdup(place);
	char *rest = NULL;
	char *name;
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!text || fd < 0) {
		int r = text ? -errno : -ENOMEM;

		free(text);
		if (fd >= 0)
			(void)close(fd);
		return r;
	}
	name = strtok_r(text, "/", &rest);
	while (name && fd >= 0) {
		char *next = strtok_r(NULL, "/", &rest);
		int below;

		if (!next && ret_last) {
			(void)snprintf(ret_last, room, "%s", name);
			break;
		}
		below = is_step(name) ? step(fd, name, true) : -EINVAL;
		(void)close(fd);
		fd = below;
		name = next;
	}
	free(text);
	return fd;
}

/* --- btrfs --------------------------------------------------------------- */

static int make_subvolume(const char *top, const char *path, struct error **err)
{
	struct btrfs_ioctl_vol_args args = {0};
	struct stat st;
	int r = 0;
	int fd = walk(top, path, args.name, sizeof(args.name));

	if (fd < 0)
		return error_set(err, ERROR_TARGET, -fd, "subvolume '%s'",
				 path);
	if (!is_step(args.name))
		r = -EINVAL;
	else if (fstatat(fd, args.name, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
		 ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args) < 0)
		r = -errno;
	(void)close(fd);
	return r < 0 ? error_set(err, ERROR_TARGET, -r, "subvolume '%s'", path)
		     : 0;
}

static bool is_later(const struct rootfs *rootfs, size_t first, size_t which)
{
	const struct rootfs_part *a = &rootfs->part[first];
	const struct rootfs_part *b = &rootfs->part[which];

	return b->subvolume && !strcmp(a->device, b->device);
}

/* All subvolumes of one file system, from its top, the shorter paths first: a
 * subvolume in another one comes after it. */
static int make_subvolumes(const struct rootfs *rootfs, size_t first,
			   struct error **err)
{
	char *top = NULL;
	size_t longest = 0;
	int r = mount_open_with(rootfs->part[first].device, "btrfs",
				"subvolid=5", false, &top, err);

	for (size_t i = first; r == 0 && i < rootfs->count; i++)
		if (is_later(rootfs, first, i) &&
		    strlen(rootfs->part[i].subvolume) > longest)
			longest = strlen(rootfs->part[i].subvolume);
	for (size_t length = 1; r == 0 && length <= longest; length++)
		for (size_t i = first; r == 0 && i < rootfs->count; i++)
			if (is_later(rootfs, first, i) &&
			    strlen(rootfs->part[i].subvolume) == length)
				r = make_subvolume(
					top, rootfs->part[i].subvolume, err);
	if (top && mount_close(top, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	return r;
}

static bool is_first_of(const struct rootfs *rootfs, size_t which)
{
	if (!rootfs->part[which].subvolume)
		return false;
	for (size_t i = 0; i < which; i++)
		if (rootfs->part[i].subvolume &&
		    !strcmp(rootfs->part[i].device, rootfs->part[which].device))
			return false;
	return true;
}

/* --- mounting ------------------------------------------------------------ */

#define WORD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789=:-"

/* The one option that changes how files come to be stored. */
static void add_compression(char *buf, size_t room, const char *options)
{
	const char *at = options;

	while (at && *at) {
		size_t length = strcspn(at, ",");
		size_t used = strlen(buf);

		if (!strncmp(at, "compress", 8) &&
		    strspn(at, WORD_CHARS) >= length &&
		    used + length + 2 < room)
			(void)snprintf(buf + used, room - used, "%s%.*s",
				       used ? "," : "", (int)length, at);
		at += length;
		at += *at == ',';
	}
}

/* What "mount" shows that names no subvolume; the loader may look there, too.
 */
static int make_standard(int fd, struct error **err)
{
	struct btrfs_ioctl_ino_lookup_args args = {
		.objectid = BTRFS_FIRST_FREE_OBJECTID};
	__u64 id;

	if (ioctl(fd, BTRFS_IOC_INO_LOOKUP, &args) < 0)
		return error_set(err, ERROR_TARGET, errno, "its number");
	id = args.treeid;
	if (ioctl(fd, BTRFS_IOC_DEFAULT_SUBVOL, &id) < 0)
		return error_set(err, ERROR_TARGET, errno, "by default");
	return 0;
}

static int set_standard(const struct rootfs_part *part, struct error **err)
{
	int fd = open(part->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "'%s'", part->place);
	r = make_standard(fd, err);
	(void)close(fd);
	return r < 0 ? error_wrap(err, "subvolume '%s'", part->subvolume) : 0;
}

static int mount_part(const struct rootfs *rootfs, struct rootfs_part *part,
		      struct error **err)
{
	char options[1100] = "";
	char path[64];
	int r;
	int fd = walk(rootfs->directory, part->place, NULL, 0);

	if (fd < 0)
		return error_set(err, ERROR_TARGET, -fd, "'%s'", part->place);
	if (part->subvolume) {
		(void)snprintf(options, sizeof(options), "subvol=/%s",
			       part->subvolume);
		/* A comma would begin another option. */
		if (strchr(part->subvolume, ',')) {
			(void)close(fd);
			return error_set(err, ERROR_TARGET, EINVAL,
					 "subvolume '%s'", part->subvolume);
		}
		add_compression(options, sizeof(options), part->options);
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = mount_there(part->device, part->fs, *options ? options : NULL, path,
			err);
	(void)close(fd);
	if (r < 0)
		return r;
	if (asprintf(&part->directory, "%s%s", rootfs->directory,
		     strcmp(part->place, "/") ? part->place : "") < 0) {
		part->directory = NULL;
		return error_memory(err);
	}
	return part->standard ? set_standard(part, err) : 0;
}

int rootfs_mount(struct rootfs *rootfs, struct error **err)
{
	int r = 0;

	if (!rootfs->directory) {
		rootfs->directory = strdup(TREE);
		if (!rootfs->directory)
			return error_memory(err);
	}
	r = io_make_parents(TREE "/", err);
	for (size_t i = 0; r == 0 && i < rootfs->count; i++)
		if (!rootfs->part[i].directory && is_first_of(rootfs, i))
			r = make_subvolumes(rootfs, i, err);
	for (size_t i = 0; r == 0 && i < rootfs->count; i++)
		if (!rootfs->part[i].directory)
			r = mount_part(rootfs, &rootfs->part[i], err);
	if (r < 0) {
		(void)rootfs_unmount(rootfs, NULL);
		return error_wrap(err, "the tree to copy into");
	}
	return 0;
}

static int unmount(const char *directory, struct error **err)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	double deadline = io_seconds() + PATIENCE;

	while (umount2(directory, UMOUNT_NOFOLLOW) < 0) {
		if (errno != EBUSY || io_seconds() >= deadline)
			return error_set(err, ERROR_TARGET, errno,
					 "unmount '%s'", directory);
		(void)nanosleep(&tenth, NULL);
	}
	return 0;
}

int rootfs_unmount(struct rootfs *rootfs, struct error **err)
{
	int r = 0;

	for (size_t i = rootfs->count; r == 0 && i-- > 0;) {
		struct rootfs_part *part = &rootfs->part[i];

		if (!part->directory)
			continue;
		r = unmount(part->directory, err);
		if (r < 0)
			break;
		free(part->directory);
		part->directory = NULL;
	}
	return r;
}

void rootfs_done(struct rootfs *rootfs)
{
	for (size_t i = 0; i < rootfs->count; i++) {
		struct rootfs_part *part = &rootfs->part[i];

		free(part->place);
		free(part->directory);
		free(part->fs);
		free(part->device);
		free(part->uuid);
		free(part->subvolume);
		free(part->options);
		free(part->source_place);
		free(part->source_device);
	}
	free(rootfs->part);
	free(rootfs->directory);
	*rootfs = (struct rootfs){0};
}
