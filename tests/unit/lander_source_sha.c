/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 as lander-source computes it, in pieces of every length: the
 * standard's own examples (FIPS 180-4; NIST's SHA256ShortMsg and LongMsg).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lander-source/tree_sha.h"

static void is(const char *text, size_t repeats, const char *want)
{
	struct tree_sha sha;
	uint8_t sum[32];
	char words[65];

	for (size_t piece = 1; piece < 200; piece += 13) {
		tree_sha_begin(&sha);
		for (size_t i = 0; i < repeats; i++) {
			size_t length = strlen(text);
			size_t at = 0;

			while (at < length) {
				size_t some = length - at < piece ? length - at
								  : piece;

				tree_sha_add(&sha, text + at, some);
				at += some;
			}
		}
		tree_sha_end(&sha, sum);
		for (size_t i = 0; i < sizeof(sum); i++)
			(void)snprintf(words + 2 * i, 3, "%02x", sum[i]);
		assert_string_equal(words, want);
	}
}

static void examples_come_out(void **state)
{
	(void)state;
	is("", 1,
	   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	is("abc", 1,
	   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	is("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	   "a"
	   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	   10000,
	   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* The way of processors without instructions for it gives the same. */
static void both_ways_agree(void **state)
{
	uint8_t bytes[4096];
	uint8_t one[32];
	uint8_t two[32];
	struct tree_sha sha;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 7);
	for (size_t length = 0; length < sizeof(bytes); length += 61) {
		tree_sha_plainly(false);
		tree_sha_begin(&sha);
		tree_sha_add(&sha, bytes, length);
		tree_sha_end(&sha, one);
		tree_sha_plainly(true);
		tree_sha_begin(&sha);
		tree_sha_add(&sha, bytes, length);
		tree_sha_end(&sha, two);
		tree_sha_plainly(false);
		assert_memory_equal(one, two, sizeof(one));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_come_out),
		cmocka_unit_test(both_ways_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
