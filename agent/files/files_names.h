/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_NAMES_H
#define LANDER_FILES_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/** The names that are in a directory of the copy, and which of them the source
 *  has, too. */
struct files_names {
	char *bytes; /* of each: its type, its name, a zero byte */
	size_t length;
	size_t room;
	uint32_t *slot; /* offset in bytes + 1; 0: free */
	size_t slots;	/* a power of 2 */
	size_t count;
};

/** files_names_read(names, fd, err): those of this directory. */
int files_names_read(struct files_names *names, int fd, struct error **err);
void files_names_done(struct files_names *names);

/** files_names_take(names, name): it is on the source, too; its type there as
 * of readdir(3), or -1: it is not here. */
int files_names_take(struct files_names *names, const char *name);

/** files_names_next(names, at): the next one that nobody took; *at begins with
 *  0.  NULL: no more. */
const char *files_names_next(const struct files_names *names, size_t *at);

#endif
