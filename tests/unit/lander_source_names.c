/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for files: what is none is refused, and noise harms nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lander-source/order.h"
#include "order_case.h"
#include "source/wire_tree.h"

#define ROUNDS 20000

static void add_list(struct stream *stream, uint32_t tree, uint32_t flags,
		     const char *path)
{
	uint8_t payload[WIRE_REQUEST_MAX] = {0};

	(void)wire_put32(wire_put32(payload, tree), flags);
	memcpy(payload + WIRE_LIST_BYTES, path, strlen(path));
	add(stream, WIRE_LIST, payload, WIRE_LIST_BYTES + strlen(path));
}

static void add_fetch(struct stream *stream, uint32_t flags, const char *names,
		      size_t length)
{
	uint8_t payload[WIRE_REQUEST_MAX] = {0};

	(void)wire_put32(payload + 4, flags);
	memcpy(payload + WIRE_FETCH_BYTES, names, length);
	add(stream, WIRE_FETCH, payload, WIRE_FETCH_BYTES + length);
}

static int take(const struct stream *stream)
{
	static struct orders orders;

	return take_all(&orders, stream, 100);
}

static int list(uint32_t tree, uint32_t flags, const char *path)
{
	static struct stream stream;

	stream.length = 0;
	add_list(&stream, tree, flags, path);
	return take(&stream);
}

static int fetch(uint32_t flags, const char *names, size_t length)
{
	static struct stream stream;

	stream.length = 0;
	add_fetch(&stream, flags, names, length);
	return take(&stream);
}

static void lists_keep_their_bounds(void **state)
{
	(void)state;
	assert_int_equal(list(0, 0, ""), 1);
	assert_int_equal(list(63, 7, "a/b/c"), 1);
	assert_int_equal(list(64, 0, "a"), -1);
	assert_int_equal(list(0, 16, "a"), -1);
}

static int leave(const char *names, size_t length)
{
	static struct stream stream;
	uint8_t payload[WIRE_REQUEST_MAX] = {0};

	(void)wire_put32(payload + 4, WIRE_TREE_LEAVE);
	memcpy(payload + WIRE_LIST_BYTES, names, length);
	stream.length = 0;
	add(&stream, WIRE_LIST, payload, WIRE_LIST_BYTES + length);
	return take(&stream);
}

static void patterns_of_lists_have_ends(void **state)
{
	(void)state;
	assert_int_equal(leave("a/b\0core\0*.log\0", 15), 1);
	assert_int_equal(leave("\0x\0", 3), 1);
	assert_int_equal(leave("a/b\0core", 8), -1);
	assert_int_equal(leave("a", 1), -1);
	assert_int_equal(leave("", 0), -1);
}

static void fetches_keep_their_bounds(void **state)
{
	(void)state;
	assert_int_equal(fetch(1, "a/b\0name\0", 9), 1);
	assert_int_equal(fetch(2, "\0n\0", 3), 1);
	assert_int_equal(fetch(1, "a/b\0name", 8), -1);
	assert_int_equal(fetch(4, "a/b\0name\0", 9), -1);
	assert_int_equal(fetch(1, "\0", 1), -1);
}

static void zero_bytes_in_paths_are_refused(void **state)
{
	static struct stream stream;
	uint8_t payload[WIRE_LIST_BYTES + 3] = {0};

	(void)state;
	memcpy(payload + WIRE_LIST_BYTES, "a\0b", 3);
	stream.length = 0;
	add(&stream, WIRE_LIST, payload, sizeof(payload));
	assert_int_equal(take(&stream), -1);
}

static void noise_harms_nothing(void **state)
{
	static struct stream good;
	unsigned int refused = 0;

	(void)state;
	srandom(815);
	add(&good, WIRE_ROOT, "\0\0\0\0\0\0\0\0/var", WIRE_ROOT_BYTES + 4);
	add_list(&good, 3, 1, "lib/dpkg");
	add_fetch(&good, 1, "lib\0a\0b\0", 8);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct stream bad = good;

		for (long n = random() % 8; n >= 0; n--)
			bad.at[(size_t)random() % bad.length] =
				(uint8_t)random();
		refused += take(&bad) < 0;
	}
	assert_true(refused > ROUNDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_keep_their_bounds),
		cmocka_unit_test(patterns_of_lists_have_ends),
		cmocka_unit_test(fetches_keep_their_bounds),
		cmocka_unit_test(zero_bytes_in_paths_are_refused),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
