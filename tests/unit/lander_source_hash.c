/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Both ways of hashing are the specification's own, which xxhash's plain C
 * code stands for here: a source that hashes otherwise would send all of its
 * disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define XXH_INLINE_ALL
#define XXH_VECTOR 0
#include <xxhash.h>

#include "lander-source/hash.h"
#include "lander-source/hash_wide.h"

#define ROOM 65536U

static const uint64_t seeds[] = {0, 1, 0x9e3779b97f4a7c15U};

static const uint32_t lengths[] = {512,	 1024,	1536,  4096,  4608,
				   8192, 32768, 61440, 65024, 65536};

typedef void chunk_call(const uint8_t *at, uint32_t length, uint64_t seed,
			uint8_t ret[HASH_BYTES]);
typedef uint64_t block_call(const uint8_t *at, uint32_t length, uint64_t seed);

static void compare(const uint8_t *data, chunk_call *chunk, block_call *block)
{
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		for (size_t j = 0; j < sizeof(seeds) / sizeof(*seeds); j++) {
			uint8_t hash[HASH_BYTES];
			XXH128_canonical_t right;

			XXH128_canonicalFromHash(
				&right, XXH3_128bits_withSeed(data, lengths[i],
							      seeds[j]));
			chunk(data, lengths[i], seeds[j], hash);
			assert_memory_equal(hash, right.digest, HASH_BYTES);
			assert_int_equal(block(data, lengths[i], seeds[j]),
					 XXH3_64bits_withSeed(data, lengths[i],
							      seeds[j]));
		}
}

static uint8_t *make_noise(void)
{
	uint8_t *data = aligned_alloc(4096, ROOM);

	assert_non_null(data);
	srandom(7);
	for (size_t i = 0; i < ROOM; i++)
		data[i] = (uint8_t)(random() >> 8);
	return data;
}

static void test_present(void **state)
{
	uint8_t *data = make_noise();

	(void)state;
	compare(data, hash_chunk, hash_block);
	free(data);
}

static void test_wide(void **state)
{
	uint8_t *data;

	(void)state;
	if (!hash_wide_works())
		skip();
	data = make_noise();
	compare(data, hash_wide_chunk, hash_wide_block);
	free(data);
}

static void test_narrow(void **state)
{
	uint8_t *data = make_noise();

	(void)state;
	compare(data, hash_narrow_chunk, hash_narrow_block);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_present),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
