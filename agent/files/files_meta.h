/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_META_H
#define LANDER_FILES_META_H

#include <sys/stat.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/wire_tree.h"

struct error;
struct files_notes;
struct files_record;
struct files_tree;

/** All that a file is, but its names and what is in it. */
struct files_meta {
	struct wire_entry entry;
	uint8_t *xattrs; /* packed: see files_meta.c */
	size_t length;
	size_t room;
};

/** files_meta_begin(meta, entry): of another file; what it has is reused. */
void files_meta_begin(struct files_meta *meta, const struct wire_entry *entry);
void files_meta_done(struct files_meta *meta);

/** files_meta_add(meta, record, err): one more extended attribute.
 *  Errors: ERROR_SOURCE: more of them than any file system keeps. */
int files_meta_add(struct files_meta *meta, const struct files_record *record,
		   struct error **err);

/** Where a file of the copy is. */
struct files_place {
	const struct files_tree *tree;
	struct files_notes *notes;
	const char *path; /* for messages, from the tree's root */
	int directory;	  /* the one that it is in */
	const char *name; /* in it */
	int fd;		  /* of it, or -1: it must not be opened */
	/* Its directory's: set when something of it can't be kept. */
	_Atomic bool *failed;
};

/**
 * files_meta_apply(place, meta, fresh, err): makes it so; fresh: it was made
 * just now and has nothing of its own.  What this file system can't keep is
 * noted.  Errors: ERROR_TARGET.
 */
int files_meta_apply(const struct files_place *place,
		     const struct files_meta *meta, bool fresh,
		     struct error **err);

/** What differs, for files_meta_compare(). */
enum files_difference {
	FILES_TYPE = 1U << 0, /* or the device's numbers */
	FILES_SIZE = 1U << 1,
	FILES_TIME = 1U << 2,
	FILES_MODE = 1U << 3,
	FILES_OWNER = 1U << 4,
	FILES_XATTRS = 1U << 5,
	FILES_FLAGS = 1U << 6,
	FILES_CONTENT = 1U << 7, /* or a link's target */
	FILES_LINKS = 1U << 8,	 /* which names are one file */
	FILES_MISSING = 1U << 9,
	FILES_SURPLUS = 1U << 10,
};

/** files_meta_compare(place, meta, about): what is not as it should be, of
 *  enum files_difference; about: what stat(2) says of it. */
unsigned int files_meta_compare(const struct files_place *place,
				const struct files_meta *meta,
				const struct stat *about);

/** files_meta_unlock(fd): what keeps it from being changed away; whether there
 *  was something. */
bool files_meta_unlock(int fd);

#endif
