/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_LOCKED_H
#define LANDER_NET_LOCKED_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** A secret in memory that is never swapped out, dumped or left behind.
 *  {0} is none. */
struct locked {
	char *at; /* with a zero byte after it */
	size_t length;
	size_t room;
};

/** locked_begin(room, ret, err): empty, for room bytes with the zero byte.
 *  locked_add(locked, bytes, length): more of it; false: it does not fit. */
int locked_begin(size_t room, struct locked *ret, struct error **err);
bool locked_add(struct locked *locked, const void *bytes, size_t length);

/** locked_read(path, ret, err): a file of less than 64 KiB.  locked_copy(bytes,
 *  length, ret, err): as much from elsewhere.  What it is goes into no message.
 *  Errors: ERROR_CONFIG. */
int locked_read(const char *path, struct locked *ret, struct error **err);
int locked_copy(const void *bytes, size_t length, struct locked *ret,
		struct error **err);

/** locked_done(locked): wipe it and give the memory back. */
void locked_done(struct locked *locked);

/** locked_free(at), locked_realloc(at, length): as free(3) and realloc(3), and
 * what was there is wiped: for libraries that secrets go through. */
void locked_free(void *at);
void *locked_realloc(void *at, size_t length);

#endif
