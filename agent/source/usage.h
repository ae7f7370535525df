/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_USAGE_H
#define LANDER_SOURCE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/extent.h"

struct error;
struct remote;

/** What a source says of one of its file systems. */
struct usage_system {
	char *words;	/* "/ (ext4 on sda1)", with the reason when not asked */
	bool asked;	/* else nothing of it is free */
	uint64_t free;	/* whole chunks, bytes */
	uint64_t start; /* where it begins on the disk, bytes */
};

/** What the file systems on a disk called free at one moment. */
struct usage {
	struct extents free; /* whole chunks, never the first one */
	struct usage_system *system;
	size_t count;
};

/** The answer to a USED of a disk of this many bytes. */
struct usage_answer {
	const char *name; /* of the machine, for messages */
	const uint8_t *bytes;
	size_t length;
	uint64_t size;
};

/** usage_take(answer, ret, err): usage_done() is due once, in both cases.
 *  Errors: ERROR_SOURCE: it is no such answer, and no disk is like that. */
int usage_take(const struct usage_answer *answer, struct usage *ret,
	       struct error **err);

/** usage_ask(remote, number, size, ret, err): of that disk of its, now; as
 *  usage_take().  Errors: remote_ask()'s, too. */
int usage_ask(struct remote *remote, uint32_t number, uint64_t size,
	      struct usage *ret, struct error **err);

void usage_done(struct usage *usage);

#endif
