/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_OVERLAY_H
#define LANDER_GUEST_OVERLAY_H

#include <stddef.h>
#include <stdint.h>

struct cpio_entry;

/** One path of a tree. */
struct overlay_entry {
	char *path; /* "usr/lib/modules": no link among its directories */
	uint32_t mode;
	const uint8_t *data; /* of a symbolic link: what it names */
	size_t size;
	uint32_t older; /* next of its bucket + 1 */
};

/** The tree that archives make, each unpacked over those before it.  Start
 *  with zeroes.  Data stays where the archives are. */
struct overlay {
	struct overlay_entry *entry;
	size_t count;
	size_t room;
	uint32_t *bucket;
};

/**
 * overlay_add(overlay, member): as the kernel does it: links among the
 * directories are followed, the last part is replaced.  Returns 0, -ENOMEM,
 * -E2BIG (above 500000 paths), -ELOOP or -ENAMETOOLONG.
 * Source: the kernel's init/initramfs.c, do_name().
 */
int overlay_add(struct overlay *overlay, const struct cpio_entry *member);
void overlay_free(struct overlay *overlay);

/** overlay_find(overlay, path): past all links; NULL when nothing is there. */
const struct overlay_entry *overlay_find(const struct overlay *overlay,
					 const char *path);

/** overlay_at(overlay, path): exactly this path, a link itself. */
const struct overlay_entry *overlay_at(const struct overlay *overlay,
				       const char *path);

/** overlay_resolve(overlay, path, ret): path without any link in it, also of
 *  what is not there yet.  0, -ELOOP, -ENAMETOOLONG or -ENOMEM. */
int overlay_resolve(const struct overlay *overlay, const char *path,
		    char **ret_path);

#endif
