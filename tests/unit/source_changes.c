/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is believed of a source that tells what was written to. */
#include "answer_case.h"
#include "base/extent.h"
#include "source/changes.h"
#include "source/wire.h"

#define SIZE   (100 * 4096ULL + 512)
#define ROUNDS 20000

static int take(const uint8_t *bytes, size_t length, struct extents *ret,
		char **reason)
{
	uint8_t *copy = answer_copy(bytes, length);
	struct changes_answer answer = {"box", copy, length, SIZE};
	struct error *err = NULL;
	int r;

	r = changes_take(&answer, ret, reason, &err);
	if (r < 0) {
		assert_int_equal(ret->count, 0);
		assert_null(*reason);
	}
	answer_judge(r, err);
	free(copy);
	return r;
}

static void ranges(void **state)
{
	static const struct {
		uint64_t pair[3][2];
		size_t pairs;
		bool good;
		uint64_t total;
	} table[] = {
		{{{0}}, 0, true, 0},
		{{{0, 4096}}, 1, true, 4096},
		{{{0, SIZE}}, 1, true, SIZE},
		{{{100 * 4096, 512}}, 1, true, 512},
		{{{4096, 4096}, {8192, 4096}, {409600, 512}}, 3, true, 8704},
		{{{0, 0}}, 1, false, 0},
		{{{512, 4096}}, 1, false, 0},
		{{{0, 512}}, 1, false, 0},
		{{{100 * 4096, 4096}}, 1, false, 0},
		{{{101 * 4096, 4096}}, 1, false, 0},
		{{{4096, ~4095ULL}}, 1, false, 0},
		{{{8192, 4096}, {4096, 4096}}, 2, false, 0},
		{{{4096, 8192}, {8192, 4096}}, 2, false, 0},
		{{{4096, 4096}, {4096, 4096}}, 2, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint8_t bytes[WIRE_CUT_BYTES + 49] = {0};
		uint8_t *at = bytes + WIRE_CUT_BYTES;
		struct extents extents;
		char *reason;

		for (size_t n = 0; n < table[i].pairs; n++)
			at = wire_put64(wire_put64(at, table[i].pair[n][0]),
					table[i].pair[n][1]);
		assert_int_equal(take(bytes, (size_t)(at - bytes), &extents,
				      &reason) == 0,
				 table[i].good);
		assert_int_equal(extents_total(&extents), table[i].total);
		assert_null(reason);
		extents_done(&extents);
		/* The same, and something at its end. */
		assert_true(take(bytes, (size_t)(at - bytes) + 1, &extents,
				 &reason) < 0);
	}
}

static void reasons(void **state)
{
	uint8_t bytes[WIRE_CUT_BYTES + 5000] = {WIRE_CUT_LOST};
	struct extents extents;
	char *reason;

	(void)state;
	assert_int_equal(take(bytes, WIRE_CUT_BYTES, &extents, &reason), 0);
	assert_string_equal(reason, "no reason is given");
	free(reason);
	memset(bytes + WIRE_CUT_BYTES, 'x', 5000);
	bytes[WIRE_CUT_BYTES + 1] = '\x1b';
	assert_int_equal(take(bytes, sizeof(bytes), &extents, &reason), 0);
	assert_in_range(strlen(reason), 100, 512);
	assert_null(strchr(reason, '\x1b'));
	free(reason);
	/* Too short, or of another kind. */
	assert_true(take(bytes, 7, &extents, &reason) < 0);
	assert_true(take(bytes, 0, &extents, &reason) < 0);
	bytes[0] = 2;
	assert_true(take(bytes, WIRE_CUT_BYTES, &extents, &reason) < 0);
	bytes[0] = 0;
	bytes[4] = 1;
	assert_true(take(bytes, WIRE_CUT_BYTES, &extents, &reason) < 0);
}

static void too_many(void **state)
{
	size_t length = WIRE_CUT_BYTES + 16 * ((size_t)WIRE_CUT_MAX + 1);
	uint8_t *bytes = calloc(1, length);
	struct changes_answer answer = {"box", bytes, length, 1ULL << 40};
	struct extents extents;
	char *reason;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i <= WIRE_CUT_MAX; i++)
		(void)wire_put64(
			wire_put64(bytes + WIRE_CUT_BYTES + 16 * i, i * 8192),
			4096);
	assert_true(changes_take(&answer, &extents, &reason, NULL) < 0);
	answer.length -= 16;
	assert_int_equal(changes_take(&answer, &extents, &reason, NULL), 0);
	assert_int_equal(extents.count, WIRE_CUT_MAX);
	extents_done(&extents);
	free(bytes);
}

static void noise(void **state)
{
	(void)state;
	srandom(42);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint8_t bytes[200] = {0};
		size_t length = (size_t)random() % sizeof(bytes);
		struct extents extents;
		char *reason;

		for (size_t n = 0; n < length; n++)
			bytes[n] = random() % 3 ? 0 : (uint8_t)random();
		if (take(bytes, length, &extents, &reason) == 0) {
			assert_true(extents_total(&extents) <= SIZE);
			extents_done(&extents);
			free(reason);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(reasons),
		cmocka_unit_test(too_many),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
