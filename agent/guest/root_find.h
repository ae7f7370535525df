/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ROOT_FIND_H
#define LANDER_GUEST_ROOT_FIND_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct volume;
struct volumes;

/** A Linux root that was found. */
struct root_find {
	size_t volume; /* its place in struct volumes */
	char *name;    /* PRETTY_NAME, printable */
};

/**
 * root_find_all(volumes, ret, ret_count, err): every volume that a root of a
 * Linux system is on; nothing is written.  For root_find_free().
 */
int root_find_all(struct volumes *volumes, struct root_find **ret_found,
		  size_t *ret_count, struct error **err);
void root_find_free(struct root_find *found, size_t count);

/** root_find_named(volumes, found, count, name): which of the found ones is
 *  meant by UUID=, LABEL=, PARTUUID=, a name of LVM or MD, or a partition as
 *  the source had it (/dev/sda2); count when none, or not a single one. */
size_t root_find_named(const struct volumes *volumes,
		       const struct root_find *found, size_t count,
		       const char *name);

/** root_find_tell(volumes, found, count): "UUID=… (partition 3 of disk 1):
 *  Debian GNU/Linux 12; …", to free(); NULL: no memory. */
char *root_find_tell(const struct volumes *volumes,
		     const struct root_find *found, size_t count);

/** root_find_mountable(volume): a file system that a root can be in. */
bool root_find_mountable(const struct volume *volume);

/** root_find_inside(mount, ret): the root in a mounted file system, it itself
 *  or a subvolume, as a path to free(); its own fstab has the last word about
 *  which.  False when none is there. */
bool root_find_inside(const char *mount, char **ret_directory);

/** root_find_name(directory): PRETTY_NAME, else "Linux"; to free(). */
char *root_find_name(const char *directory);

#endif
