/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two hashes of the protocol, with what every processor of this kind has,
 * or with more where this one has it.
 * Source: the XXH3 specification (xxhash, doc/xxhash_spec.md); the code is
 * xxhash's own header, of which nothing but two functions is used.
 */
#include "lander-source/hash.h"

#include <stdbool.h>
#include <string.h>

#define XXH_INLINE_ALL
#define XXH_NO_STDLIB
#define XXH_NO_STREAM
#include <xxhash.h>

#include "lander-source/hash_wide.h"

/* To ask a processor costs a microsecond and more in a virtual machine. */
static bool is_wide(void)
{
	static enum { UNKNOWN, NARROW, WIDE } kind;

	if (kind == UNKNOWN)
		kind = hash_wide_works() ? WIDE : NARROW;
	return kind == WIDE;
}

void hash_narrow_chunk(const uint8_t *at, uint32_t length, uint64_t seed,
		       uint8_t ret[HASH_BYTES])
{
	XXH128_canonical_t text;

	XXH128_canonicalFromHash(&text,
				 XXH3_128bits_withSeed(at, length, seed));
	memcpy(ret, text.digest, HASH_BYTES);
}

uint64_t hash_narrow_block(const uint8_t *at, uint32_t length, uint64_t seed)
{
	return XXH3_64bits_withSeed(at, length, seed);
}

void hash_chunk(const uint8_t *at, uint32_t length, uint64_t seed,
		uint8_t ret[HASH_BYTES])
{
	if (is_wide())
		hash_wide_chunk(at, length, seed, ret);
	else
		hash_narrow_chunk(at, length, seed, ret);
}

uint64_t hash_block(const uint8_t *at, uint32_t length, uint64_t seed)
{
	return is_wide() ? hash_wide_block(at, length, seed)
			 : hash_narrow_block(at, length, seed);
}
