/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the root of a Linux system on a disk by what it holds, not by what its
 * volumes are called.  It refuses nothing: a disk without one is answer 1.
 */
#include "guest/root.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"

static const char *const mountable[] = {"ext2", "ext3", "ext4", "xfs", "btrfs"};

/* Where btrfs installers put the root inside the file system. */
static const char *const inside[] = {"", "/@", "/root", "/@rootfs",
				     "/@/.snapshots/1/snapshot"};

static bool has(const char *directory, const char *name)
{
	char *path = NULL;
	struct stat st;
	bool found;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return false;
	/* lstat: a guest's absolute link must not lead into our own root. */
	found = lstat(path, &st) == 0;
	free(path);
	return found;
}

static bool is_root(const char *directory)
{
	return (has(directory, "etc/os-release") ||
		has(directory, "usr/lib/os-release") ||
		has(directory, "etc/fstab")) &&
	       has(directory, "usr") && has(directory, "var");
}

static char *os_name(const char *directory)
{
	static const char key[] = "PRETTY_NAME=";
	char *path = NULL;
	char *text = NULL;
	char *name = NULL;
	char *at;

	if (asprintf(&path, "%s/usr/lib/os-release", directory) < 0)
		return NULL;
	if (io_read_file(path, 1 << 16, &text, NULL, NULL) == 0) {
		at = strstr(text, key);
		if (at && (at == text || at[-1] == '\n')) {
			at += strlen(key);
			at += *at == '"';
			name = strndup(at, strcspn(at, "\"\n"));
		}
	}
	free(text);
	free(path);
	return name ? name : strdup("Linux");
}

static bool is_mountable(const struct volume *volume)
{
	size_t count = sizeof(mountable) / sizeof(*mountable);

	for (size_t i = 0; volume->fs && i < count; i++)
		if (!strcmp(volume->fs, mountable[i]))
			return true;
	return false;
}

/* 0 when this volume holds the root: root->mount and directory are set. */
static int try_volume(const struct volume *volume, bool read_only,
		      struct root *root)
{
	struct error *why = NULL;
	char *mount = NULL;

	if (!is_mountable(volume))
		return 1;
	if (volume_mount(volume->device, volume->fs, read_only, &mount, &why) <
	    0) {
		log_warn("guest", "%s: passed over: %s", volume->device,
			 why ? why->msg : "can't be mounted");
		error_free(why);
		return 1;
	}
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		char *directory = NULL;

		if (asprintf(&directory, "%s%s", mount, inside[i]) < 0)
			break;
		if (is_root(directory)) {
			root->mount = mount;
			root->directory = directory;
			root->device = strdup(volume->device);
			root->name = os_name(directory);
			return 0;
		}
		free(directory);
	}
	(void)volume_unmount(mount, NULL);
	return 1;
}

int root_open(const char *device, bool read_only, struct root *ret_root,
	      struct error **err)
{
	struct root root = {0};
	int r = volume_open(device, &root.volumes, err);

	if (r < 0)
		return r;
	r = 1;
	for (size_t i = 0; r == 1 && i < root.volumes.count; i++)
		r = try_volume(&root.volumes.volume[i], read_only, &root);
	if (r == 1) {
		int closed = volume_close(&root.volumes, err);

		return closed < 0 ? closed : 1;
	}
	*ret_root = root;
	return 0;
}

int root_close(struct root *root, struct error **err)
{
	int r = 0;

	if (root->mount)
		r = volume_unmount(root->mount, err);
	if (volume_close(&root->volumes, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	free(root->directory);
	free(root->device);
	free(root->name);
	*root = (struct root){0};
	return r;
}
