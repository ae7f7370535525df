/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_TREE_H
#define LANDER_FILES_TREE_H

#include <sys/stat.h>

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct error;

/** The file system that is filled, and what it can hold. */
struct files_tree {
	int mount;  /* what keeps it apart, or -1 */
	int fd;	    /* its directory */
	char *name; /* for messages: "/var" */
	bool plain; /* FAT: names, sizes and contents, nothing else */
	bool btrfs;
	uint32_t flags; /* FS_…_FL that it can keep */
	bool blank;	/* nothing is in it but what mkfs(8) makes */
	bool bare;	/* … and not even that */
	/** What was written before this moment, by this file system's own
	 *  times, is on the disk; 0 0: nothing is known. */
	struct timespec settled;
};

/**
 * files_tree_open(directory, name, ret, err): nothing that is mounted in that
 * directory is seen through it, no device in it can be opened, and no link in
 * it followed.  Errors: ERROR_TARGET.
 */
int files_tree_open(const char *directory, const char *name,
		    struct files_tree *ret, struct error **err);
void files_tree_close(struct files_tree *tree);

/** files_tree_settle(tree, err): all of it to the disk, and a note of it, for
 *  the next start.  Errors: ERROR_TARGET: something could not be written. */
int files_tree_settle(struct files_tree *tree, struct error **err);

/** files_tree_finish(tree, err): the note away again, all to the disk. */
int files_tree_finish(struct files_tree *tree, struct error **err);

/** files_tree_is_note(name): a name at the root that is no part of the copy. */
bool files_tree_is_note(const char *name);

/** files_tree_ours(name): a name at the root that stays, whatever the source
 *  has: the note, and what mkfs(8) makes. */
bool files_tree_ours(const char *name);

/** files_tree_full(tree, path, err): the error of a file system that is full,
 *  with its size. */
int files_tree_full(const struct files_tree *tree, const char *path,
		    struct error **err);

#endif
