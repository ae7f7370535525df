/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_CHANGES_H
#define LANDER_SOURCE_CHANGES_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct extents;

/** The answer to a CUT of a disk of this many bytes. */
struct changes_answer {
	const char *name; /* of the machine, for messages */
	const uint8_t *bytes;
	size_t length;
	uint64_t size;
};

/** changes_take(answer, ret, ret_reason, err): what was written to; or, where
 *  that can't be told, nothing and why, printable, free() it (else NULL).
 *  Errors: ERROR_SOURCE: it is no such answer, and no disk is like that. */
int changes_take(const struct changes_answer *answer, struct extents *ret,
		 char **ret_reason, struct error **err);

#endif
