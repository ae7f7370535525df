/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A copied system, mounted as it would mount itself.  It refuses nothing: a
 * volume without a root is answer 1, and a part of the system that is not on
 * these disks is left out.
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
#include "guest/alias.h"
#include "guest/devicename.h"
#include "guest/fstab.h"
#include "guest/root_find.h"
#include "guest/tree.h"

#define TEXT_LIMIT ((size_t)1 << 20)
#define MARK_BYTES ((size_t)128 << 10)

/* What belongs to the system, each after what it lies in. */
static const char *const parts[ROOT_PARTS] = {
	"/usr", "/boot", "/boot/efi", "/efi", "/var", "/var/log",
};

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

static int mount_volume(const struct volume *volume, const char *more,
			bool read_only, char **ret_mount)
{
	struct error *why = NULL;

	if (mount_open_with(volume->device, volume->fs, more, read_only,
			    ret_mount, &why) == 0)
		return 0;
	log_warn("guest", "%s: passed over: %s", volume->device,
		 why ? why->msg : "can't be mounted");
	error_free(why);
	return 1;
}

/* 0 when this volume holds the root: root->mount and directory are set. */
static int mount_root(const struct volume *volume, bool read_only,
		      struct root *root)
{
	char *mount = NULL;
	bool found;

	if (!root_find_mountable(volume))
		return 1;
	add_mark(volume->device, root->mark);
	if (mount_volume(volume, NULL, true, &mount) != 0)
		return 1;
	found = root_find_inside(mount, &root->directory);
	if (found && !read_only) {
		(void)mount_close(mount, NULL);
		mount = NULL;
		free(root->directory);
		root->directory = NULL;
		if (mount_volume(volume, NULL, false, &mount) != 0)
			return 1;
		/* A replayed journal may show another tree. */
		found = root_find_inside(mount, &root->directory);
	}
	if (!found) {
		(void)mount_close(mount, NULL);
		return 1;
	}
	root->mount = mount;
	root->volume = volume;
	return 0;
}

/* "subvol=@var" or "subvolid=257" for mount(2), or NULL: none is asked for. */
static char *subvolume(const char *options)
{
	static const char *const names[] = {"subvol", "subvolid"};
	char *more = NULL;

	for (size_t i = 0; !more && i < sizeof(names) / sizeof(*names); i++) {
		char *value = fstab_value(options, names[i]);

		if (value && asprintf(&more, "%s=%s", names[i], value) < 0)
			more = NULL;
		free(value);
	}
	return more;
}

static void open_part(struct root *root, const struct volume *volume,
		      const char *place, const char *options, bool read_only)
{
	bool esp = volume->fs && !strcmp(volume->fs, "vfat");
	bool btrfs = volume->fs && !strcmp(volume->fs, "btrfs");
	char *more = btrfs ? subvolume(options) : NULL;
	struct root_part part = {0};
	uint8_t mark[16];

	memcpy(mark, root->mark, sizeof(mark));
	if ((!root_find_mountable(volume) && !esp) ||
	    (volume == root->volume && !more) ||
	    tree_path(root->directory, place, &part.place) < 0) {
		free(more);
		return;
	}
	/* A FAT has no superblock that a mount would change. */
	if (!esp && volume != root->volume)
		add_mark(volume->device, mark);
	if (mount_volume(volume, more, read_only, &part.mount) == 0) {
		free(more);
		if (mount(part.mount, part.place, NULL, MS_BIND, NULL) == 0) {
			memcpy(root->mark, mark, sizeof(mark));
			root->part[root->parts++] = part;
			return;
		}
		log_warn("guest", "%s on %s: %s", volume->device, place,
			 strerror(errno));
		(void)mount_close(part.mount, NULL);
		more = NULL;
	}
	free(more);
	free(part.place);
}

/* One btrfs is mounted in one way only: its other subvolumes as the root's. */
static bool is_written(const struct root *root, const struct volume *volume,
		       const char *place, enum root_use use)
{
	return use == ROOT_CONVERT ||
	       (use == ROOT_RECEIPT &&
		(volume == root->volume || !strncmp(place, "/var", 4)));
}

/* A file system that is not found here is on another machine's disk, or it is
 * none that is needed: the system's own directory is then what there is. */
static void open_parts(struct root *root, const struct volumes *volumes,
		       enum root_use use)
{
	struct devicename_order order = devicename_order_make(volumes, 0);
	char *text = NULL;

	if (tree_read(root->directory, "/etc/fstab", TEXT_LIMIT, &text) < 0)
		return;
	devicename_note_fstab(&order, text, root->volume);
	for (size_t i = 0; i < ROOT_PARTS; i++) {
		struct devicename found;
		char *options = NULL;
		char *spec = NULL;

		if (!fstab_mount(text, parts[i], &spec, &options))
			continue;
		found = devicename_resolve(&order, spec, NULL, NULL);
		if (found.volume)
			open_part(
				root, found.volume, parts[i], options,
				!is_written(root, found.volume, parts[i], use));
		free(options);
		free(spec);
	}
	free(text);
}

int root_open(struct volumes *volumes, size_t which, enum root_use use,
	      struct root *ret_root, struct error **err)
{
	struct root root = {0};
	int r = mount_root(&volumes->volume[which], use == ROOT_LOOK, &root);

	if (r != 0)
		return r;
	root.name = root_find_name(root.directory);
	r = root.name ? alias_read(root.directory, volumes, err)
		      : error_memory(err);
	if (r < 0) {
		(void)root_close(&root, NULL);
		return r;
	}
	open_parts(&root, volumes, use);
	*ret_root = root;
	return 0;
}

int root_look(const struct volume_order *order, struct root *ret_root,
	      struct error **err)
{
	struct volume_order look = *order;
	struct volumes volumes = {0};
	int r;

	look.read_only = true;
	r = volume_open(&look, &volumes, err);
	if (r < 0)
		return r;
	r = 1;
	for (size_t i = 0; r == 1 && i < volumes.count; i++)
		r = root_open(&volumes, i, ROOT_LOOK, ret_root, err);
	if (r == 0)
		ret_root->own = volumes;
	else if (volume_close(&volumes, r < 0 ? NULL : err) < 0)
		r = -EIO;
	return r;
}

int root_look_disk(const char *device, struct root *ret_root,
		   struct error **err)
{
	const char *const disk[] = {device, NULL};
	const struct volume_order order = {.disk = disk};

	return root_look(&order, ret_root, err);
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
	if (volume_close(&root->own, r < 0 ? NULL : err) < 0)
		r = -EIO;
	free(root->directory);
	free(root->name);
	*root = (struct root){0};
	return r;
}
