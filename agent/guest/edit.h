/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_EDIT_H
#define LANDER_GUEST_EDIT_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>

struct error;

/** The original of what was changed stays beside it under this ending.  It is
 *  made once: a second conversion keeps the first original. */
#define EDIT_KEPT ".lander-bak"

/**
 * Changing the tree of a copied system.  Paths are the guest's own,
 * "/etc/fstab"; links, absolute ones too, and ".." stay inside root, and a
 * link as the last part is followed: what it names is edited.  Every new file
 * is written beside the old one, fsynced and renamed over it, with the old
 * one's owner, mode and extended attributes (SELinux labels among them).
 * Errors: ERROR_CONVERT with the errno, "write '/etc/fstab' of the copied
 * system"; EINVAL when it is no regular file.
 */

/** What a file is to hold. */
struct edit_content {
	const void *data;
	size_t length;
	mode_t mode; /* of a new file */
	bool keep;   /* an original is kept as path EDIT_KEPT */
};

/**
 * edit_file(root, path, content, err): path holds these bytes now.
 * Directories that are missing are made, 0755.
 * Returns 1 when something was written, 0 when it held them already.
 */
int edit_file(const char *root, const char *path,
	      const struct edit_content *content, struct error **err);

/** edit_text(root, path, text, err): edit_file() of a text, 0644, kept. */
int edit_text(const char *root, const char *path, const char *text,
	      struct error **err);

/** edit_remove(root, path, err): the file or link at path (itself, not what it
 *  names) is renamed to path EDIT_KEPT.  1, or 0 when there was none. */
int edit_remove(const char *root, const char *path, struct error **err);

/** edit_rename(root, from, to, err): what is called from, a new file beside to,
 *  takes its place; nothing is kept. */
int edit_rename(const char *root, const char *from, const char *to,
		struct error **err);

/** edit_link(root, path, target, err): path is a symbolic link with this text;
 *  another file there is kept.  1, or 0 when it was that already. */
int edit_link(const char *root, const char *path, const char *target,
	      struct error **err);

#endif
