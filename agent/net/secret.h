/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SECRET_H
#define LANDER_NET_SECRET_H

#include <stddef.h>

struct error;

/** A private key or a password in memory that is never swapped out, dumped or
 *  left behind.  {0} is none. */
struct secret {
	char *at; /* with a zero byte after it */
	size_t length;
	size_t room;
};

/** secret_read(path, ret, err): a file of at most 64 KiB.  Its content is in no
 *  message.  Errors: ERROR_CONFIG. */
int secret_read(const char *path, struct secret *ret, struct error **err);

/** secret_done(secret): wipe it and give the memory back. */
void secret_done(struct secret *secret);

#endif
