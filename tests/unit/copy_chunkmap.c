/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of chunk hashes and the digest of a prefix, checked against
 * libxxhash itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include <cmocka.h>

#include "copy/chunkmap.h"

#define SEED  0x1234567890abcdefULL
#define CHUNK CHUNKMAP_CHUNK

static void knows_states_and_bytes(void **state)
{
	struct chunkmap *map = NULL;
	unsigned char *data = calloc(1, CHUNK);

	(void)state;
	assert_non_null(data);
	assert_int_equal(
		chunkmap_new(5 * (uint64_t)CHUNK + 512, SEED, &map, NULL), 0);
	assert_int_equal(chunkmap_count(map), 6);
	assert_int_equal(chunkmap_length(map, 4), CHUNK);
	assert_int_equal(chunkmap_length(map, 5), 512);
	assert_int_equal(chunkmap_state(map, 0), CHUNKMAP_UNKNOWN);
	assert_false(chunkmap_matches(map, 0, data));

	assert_int_equal(chunkmap_put(map, 0, data, NULL), 1);
	assert_int_equal(chunkmap_state(map, 0), CHUNKMAP_ZERO);
	assert_true(chunkmap_matches(map, 0, data));
	data[CHUNK - 1] = 1;
	assert_false(chunkmap_matches(map, 0, data));
	assert_int_equal(chunkmap_put(map, 3, data, NULL), 0);
	assert_int_equal(chunkmap_state(map, 3), CHUNKMAP_DATA);
	assert_true(chunkmap_matches(map, 3, data));
	data[0] = 0x80;
	assert_false(chunkmap_matches(map, 3, data));
	/* The short one looks at its 512 bytes only. */
	assert_int_equal(chunkmap_put(map, 5, data, NULL), 0);
	data[512] = 9;
	assert_true(chunkmap_matches(map, 5, data));
	/* A state may change: its neighbours in the same word do not. */
	chunkmap_put_zero(map, 3, 1);
	assert_int_equal(chunkmap_state(map, 3), CHUNKMAP_ZERO);
	assert_int_equal(chunkmap_state(map, 2), CHUNKMAP_UNKNOWN);
	assert_int_equal(chunkmap_state(map, 4), CHUNKMAP_UNKNOWN);
	chunkmap_free(map);
	free(data);
}

/* Spelt out from the definition in the header. */
static void expect(const void *image, uint64_t size, uint8_t ret_digest[16])
{
	unsigned char list[16 * 16];
	size_t count = 0;
	XXH128_canonical_t text;

	for (uint64_t at = 0; at < size; at += CHUNK, count++) {
		size_t length = size - at < CHUNK ? size - at : CHUNK;

		XXH128_canonicalFromHash(
			&text, XXH3_128bits_withSeed((const char *)image + at,
						     length, SEED));
		memcpy(list + count * 16, text.digest, 16);
	}
	XXH128_canonicalFromHash(&text,
				 XXH3_128bits_withSeed(list, count * 16, SEED));
	memcpy(ret_digest, text.digest, 16);
}

static void digests_prefixes(void **state)
{
	uint64_t size = 9 * (uint64_t)CHUNK + 1024;
	unsigned char *image = calloc(1, size);
	struct chunkmap *map = NULL;
	struct chunkmap_digest *digest;
	uint8_t got[16];
	uint8_t want[16];

	(void)state;
	assert_non_null(image);
	memset(image + 70000, 3, 200000);
	image[size - 1] = 1;
	assert_int_equal(chunkmap_new(size, SEED, &map, NULL), 0);
	digest = chunkmap_digest_new(map);
	assert_non_null(digest);
	assert_false(chunkmap_digest_until(digest, map, 1, got));
	for (uint64_t i = 0; i < chunkmap_count(map); i++)
		assert_true(chunkmap_put(map, i, image + i * CHUNK, NULL) >= 0);
	/* In steps and at once: the same. */
	assert_true(chunkmap_digest_until(digest, map, 2, got));
	expect(image, 2 * (uint64_t)CHUNK, want);
	assert_memory_equal(got, want, 16);
	assert_true(chunkmap_digest_until(digest, map, 10, got));
	expect(image, size, want);
	assert_memory_equal(got, want, 16);
	chunkmap_digest_free(digest);
	/* All zero: the short last chunk has the hash of its own length. */
	memset(image, 0, size);
	chunkmap_put_zero(map, 0, 10);
	digest = chunkmap_digest_new(map);
	assert_true(chunkmap_digest_until(digest, map, 10, got));
	expect(image, size, want);
	assert_memory_equal(got, want, 16);
	chunkmap_digest_free(digest);
	chunkmap_free(map);
	free(image);
}

static void holes_cost_little(void **state)
{
	uint64_t tib = (uint64_t)1 << 40;
	struct chunkmap *map = NULL;

	(void)state;
	assert_true(chunkmap_need(tib) < (uint64_t)300 << 20);
	assert_true(chunkmap_need(tib) > (uint64_t)256 << 20);
	assert_int_equal(chunkmap_new(tib, SEED, &map, NULL), 0);
	chunkmap_put_zero(map, 0, chunkmap_count(map));
	assert_int_equal(chunkmap_state(map, chunkmap_count(map) - 1),
			 CHUNKMAP_ZERO);
	chunkmap_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_states_and_bytes),
		cmocka_unit_test(digests_prefixes),
		cmocka_unit_test(holes_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
