/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_LINKS_H
#define LANDER_FILES_LINKS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** One file of several names: what it is on the source, and here. */
struct files_link {
	uint64_t inode; /* the source's; 0: a free place */
	uint64_t here;	/* this file system's */
	char *path;	/* its first name, from the tree's root */
};

/** All of them in a pass.  lock is held from files_links_find() until the file
 *  has its inode here: two names of it may come at the same time. */
struct files_links {
	pthread_mutex_t lock;
	struct files_link *slot;
	size_t slots;
	size_t count;
};

void files_links_begin(struct files_links *links);
void files_links_done(struct files_links *links);

/** files_links_find(links, inode): or NULL; with the lock held. */
struct files_link *files_links_find(struct files_links *links, uint64_t inode);

/** files_links_here(links, here): the one that this inode of ours is, or NULL;
 *  with the lock held. */
struct files_link *files_links_here(struct files_links *links, uint64_t here);

/** files_links_add(links, link, err): a new one; a copy of its path is made;
 *  with the lock held. */
int files_links_add(struct files_links *links, const struct files_link *link,
		    struct error **err);

#endif
