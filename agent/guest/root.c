/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the root of a Linux system on a disk by what it holds, not by what its
 * volumes are called.  It refuses nothing: a disk without one is answer 1.
 */
#include "guest/root.h"

#include <sys/mount.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/mount.h"
#include "guest/devicename.h"
#include "guest/fstab.h"
#include "guest/tree.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define MARK_BYTES ((size_t)128 << 10)
#define NAME_BYTES 64

static const char *const mountable[] = {"ext2", "ext3", "ext4", "xfs", "btrfs"};

/* Where btrfs installers put the root inside the file system. */
static const char *const inside[] = {"", "/@", "/root", "/@rootfs",
				     "/@/.snapshots/1/snapshot"};

/* What belongs to the system, each after what it lies in. */
static const char *const parts[ROOT_PARTS] = {
	"/usr", "/boot", "/boot/efi", "/efi", "/var", "/var/log",
};

bool root_is(const char *directory)
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

char *root_os_name(const char *directory)
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

static bool is_mountable(const struct volume *volume)
{
	size_t count = sizeof(mountable) / sizeof(*mountable);

	for (size_t i = 0; volume->fs && i < count; i++)
		if (!strcmp(volume->fs, mountable[i]))
			return true;
	return false;
}

/* Another mark after this device's superblock has changed. */
static void add_mark(const char *device, uint8_t mark[16])
{
	char *head = malloc(MARK_BYTES + 16);
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	XXH128_canonical_t canonical;

	if (head && fd >= 0 && io_pread(fd, head, MARK_BYTES, 0) == 0) {
		memcpy(head + MARK_BYTES, mark, 16);
		XXH128_canonicalFromHash(&canonical,
					 XXH3_128bits(head, MARK_BYTES + 16));
		memcpy(mark, &canonical, 16);
	}
	if (fd >= 0)
		(void)close(fd);
	free(head);
}

static int mount_volume(const struct volume *volume, bool read_only,
			char **ret_mount)
{
	struct error *why = NULL;

	if (mount_open(volume->device, volume->fs, read_only, ret_mount,
		       &why) == 0)
		return 0;
	log_warn("guest", "%s: passed over: %s", volume->device,
		 why ? why->msg : "can't be mounted");
	error_free(why);
	return 1;
}

/* Which of inside[] of a mounted file system is a root; -1 for none. */
static int find_inside(const char *mount)
{
	int found = -1;

	for (size_t i = 0; found < 0 && i < sizeof(inside) / sizeof(*inside);
	     i++) {
		char *directory = NULL;

		/* As the guest's own path: a link there must not leave it. */
		if (*inside[i] && tree_path(mount, inside[i], &directory) < 0)
			continue;
		if (root_is(directory ? directory : mount))
			found = (int)i;
		free(directory);
	}
	return found;
}

/* 0 when this volume holds the root: root->mount and directory are set. */
static int try_volume(const struct volume *volume, bool read_only,
		      struct root *root)
{
	uint8_t mark[16] = {0};
	char *mount = NULL;
	int which;

	if (!is_mountable(volume))
		return 1;
	add_mark(volume->device, mark);
	if (mount_volume(volume, true, &mount) != 0)
		return 1;
	which = find_inside(mount);
	if (which >= 0 && !read_only) {
		(void)mount_close(mount, NULL);
		mount = NULL;
		if (mount_volume(volume, false, &mount) != 0)
			return 1;
		/* A replayed journal may show another tree. */
		which = find_inside(mount);
	}
	if (which < 0) {
		(void)mount_close(mount, NULL);
		return 1;
	}
	memcpy(root->mark, mark, sizeof(mark));
	root->mount = mount;
	root->device = strdup(volume->device);
	if (tree_path(mount, *inside[which] ? inside[which] : "/",
		      &root->directory) < 0)
		root->directory = strdup(mount);
	root->name = root->directory ? root_os_name(root->directory) : NULL;
	return 0;
}

static void open_part(struct root *root, const struct volume *volume,
		      const char *place, bool read_only)
{
	struct root_part part = {0};
	uint8_t mark[16];
	bool esp = volume->fs && !strcmp(volume->fs, "vfat");

	memcpy(mark, root->mark, sizeof(mark));
	if ((!is_mountable(volume) && !esp) ||
	    !strcmp(volume->device, root->device) ||
	    tree_path(root->directory, place, &part.place) < 0)
		return;
	/* A FAT has no superblock that a mount would change. */
	if (!esp)
		add_mark(volume->device, mark);
	if (mount_volume(volume, read_only, &part.mount) == 0) {
		if (mount(part.mount, part.place, NULL, MS_BIND, NULL) == 0) {
			memcpy(root->mark, mark, sizeof(mark));
			root->part[root->parts++] = part;
			return;
		}
		log_warn("guest", "%s on %s: %s", volume->device, place,
			 strerror(errno));
		(void)mount_close(part.mount, NULL);
	}
	free(part.place);
}

/* Names such as /dev/sda1 hold evidence only together. */
static void note_names(const char *text, struct devicename_order *order,
		       const struct volume *root)
{
	struct fstab_line line;
	size_t at = 0;

	while (fstab_next(text, &at, &line)) {
		char *spec = fstab_field(text, &line, FSTAB_SPEC);
		char *place = fstab_field(text, &line, FSTAB_PLACE);

		if (spec)
			devicename_note(order, spec);
		if (spec && place && !strcmp(place, "/"))
			devicename_anchor(order, spec, root);
		free(spec);
		free(place);
	}
}

static bool is_written(const char *place, enum root_use use)
{
	return use == ROOT_CONVERT ||
	       (use == ROOT_RECEIPT && !strncmp(place, "/var", 4));
}

/* A file system that is not found here is on another disk, or it is none that
 * is needed: the system's own directory is then what there is. */
static void open_parts(struct root *root, enum root_use use)
{
	struct devicename_order order =
		devicename_order_make(&root->volumes, 0);
	char *text = NULL;

	if (tree_read(root->directory, "/etc/fstab", TEXT_LIMIT, &text) < 0)
		return;
	note_names(text, &order, root_volume(root));
	for (size_t i = 0; i < ROOT_PARTS; i++) {
		struct devicename found;
		char *spec = NULL;

		if (!fstab_find(text, parts[i], &spec))
			continue;
		found = devicename_resolve(&order, spec, NULL, NULL);
		if (found.volume)
			open_part(root, found.volume, parts[i],
				  !is_written(parts[i], use));
		free(spec);
	}
	free(text);
}

const struct volume *root_volume(const struct root *root)
{
	for (size_t i = 0; i < root->volumes.count; i++)
		if (!strcmp(root->volumes.volume[i].device, root->device))
			return &root->volumes.volume[i];
	return NULL;
}

int root_open(const char *device, enum root_use use, struct root *ret_root,
	      struct error **err)
{
	struct root root = {0};
	int r = volume_open(device, &root.volumes, err);

	if (r < 0)
		return r;
	r = 1;
	for (size_t i = 0; r == 1 && i < root.volumes.count; i++)
		r = try_volume(&root.volumes.volume[i], use == ROOT_LOOK,
			       &root);
	if (r == 1) {
		int closed = volume_close(&root.volumes, err);

		return closed < 0 ? closed : 1;
	}
	if (!root.directory || !root.device || !root.name) {
		(void)root_close(&root, NULL);
		return error_memory(err);
	}
	open_parts(&root, use);
	*ret_root = root;
	return 0;
}

static int close_part(struct root_part *part, struct error **err)
{
	int r = 0;

	if (umount2(part->place, UMOUNT_NOFOLLOW) < 0)
		r = error_set(err, ERROR_CONVERT, errno, "unmount '%s'",
			      part->place);
	if (mount_close(part->mount, r < 0 ? NULL : err) < 0 && r == 0)
		r = -EIO;
	free(part->place);
	return r;
}

int root_close(struct root *root, struct error **err)
{
	int r = 0;

	while (root->parts)
		if (close_part(&root->part[--root->parts], r < 0 ? NULL : err) <
		    0)
			r = -EIO;
	if (root->mount && mount_close(root->mount, r < 0 ? NULL : err) < 0)
		r = -EIO;
	if (volume_close(&root->volumes, r < 0 ? NULL : err) < 0)
		r = -EIO;
	free(root->directory);
	free(root->device);
	free(root->name);
	*root = (struct root){0};
	return r;
}
