/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TREE_SHA_H
#define LANDER_SOURCE_TREE_SHA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** SHA-256 of bytes that come in pieces. */
struct tree_sha {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	uint8_t rest[64];
};

void tree_sha_begin(struct tree_sha *sha);
void tree_sha_add(struct tree_sha *sha, const void *bytes, size_t length);
void tree_sha_end(struct tree_sha *sha, uint8_t ret[32]);

/** tree_sha_plainly(plainly): without the processor's own instructions for it,
 *  which give the same. */
void tree_sha_plainly(bool plainly);

#endif
