/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FALLBACK_SET_H
#define LANDER_GUEST_FALLBACK_SET_H

#include <stddef.h>

struct error;

/** Files that are to be in a directory of the EFI System Partition, in the
 *  order in which they are written: the one that makes the difference last. */
struct fallback_file {
	char *path; /* in the tree */
	char *data;
	size_t length;
};

#define FALLBACK_FILES 6

struct fallback_set {
	struct fallback_file file[FALLBACK_FILES];
	size_t count;
};

/** fallback_set_copy(set, root, from, to): the file from of the tree shall be
 *  at to, too.  Takes to, which was from malloc(), also when it fails.
 *  Returns 0 or a negative errno; -EFBIG above 256 MiB. */
int fallback_set_copy(struct fallback_set *set, const char *root,
		      const char *from, char *to);

/** fallback_set_text(set, text, to): the same of a text; takes both. */
int fallback_set_text(struct fallback_set *set, char *text, char *to);

/**
 * fallback_set_write(set, root, place, err): write what is not there yet.  FAT
 * has no second name for a file, so an original that differs is copied to
 * NAME.lander-bak first, once.  Nothing is begun that does not fit.
 * Returns how many files were written, or an error: ERROR_CONVERT, ENOSPC when
 * place has not the room, EIO when the disk failed.
 */
int fallback_set_write(const struct fallback_set *set, const char *root,
		       const char *place, struct error **err);

void fallback_set_done(struct fallback_set *set);

#endif
