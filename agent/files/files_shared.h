/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_SHARED_H
#define LANDER_FILES_SHARED_H

#include <sys/stat.h>

#include <stdbool.h>

struct error;
struct files_put;

/** What is here under an entry's name. */
struct files_here {
	bool there;
	struct stat about; /* when it is there */
};

/** files_shared_look(put, ret, err): what is here, and that the source has it,
 *  too. */
int files_shared_look(struct files_put *put, struct files_here *ret,
		      struct error **err);

/** files_shared_clear(put, here, err): it goes, to make room for another. */
int files_shared_clear(struct files_put *put, struct files_here *here,
		       struct error **err);

/** files_shared_differ(put, found): notes that the entry differs. */
void files_shared_differ(const struct files_put *put, unsigned int found);

enum files_share {
	FILES_SHARE_NONE, /* it is to be as the source's; here tells whether
			   * it is there */
	FILES_SHARE_MADE, /* likewise, and it was made just now */
	FILES_SHARE_DONE, /* it is another name of a file that is done */
};

/**
 * files_shared_settle(put, here, make, ret, err): a file of several names:
 * the first of them that comes is the file, made by make() when it is missing;
 * the others become links to it.
 */
int files_shared_settle(struct files_put *put, struct files_here *here,
			int (*make)(struct files_put *put, struct error **err),
			enum files_share *ret, struct error **err);

#endif
