/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is believed of a source that tells what is free. */
#include "answer_case.h"
#include "source/usage.h"
#include "source/wire.h"

#define CHUNK  ((uint64_t)WIRE_CHUNK)
#define SIZE   (100 * CHUNK + 512)
#define ROUNDS 20000

struct answer {
	uint8_t bytes[4096];
	size_t length;
};

static void begin(struct answer *answer, const char *text)
{
	uint8_t *at = answer->bytes;

	at = wire_put32(at, (uint32_t)strlen(text));
	at = wire_put32(at, 0);
	memcpy(at, text, strlen(text));
	answer->length = WIRE_USED_BYTES + strlen(text);
}

static void add(struct answer *answer, uint64_t offset, uint64_t length)
{
	(void)wire_put64(wire_put64(answer->bytes + answer->length, offset),
			 length);
	answer->length += 16;
}

static int take(const struct answer *of, struct usage *ret)
{
	uint8_t *copy = answer_copy(of->bytes, of->length);
	struct usage_answer answer = {"box", copy, of->length, SIZE};
	struct error *err = NULL;
	int r;

	r = usage_take(&answer, ret, &err);
	if (r < 0) {
		assert_int_equal(ret->free.count, 0);
		assert_int_equal(ret->count, 0);
		assert_null(ret->system);
	}
	answer_judge(r, err);
	free(copy);
	return r;
}

static void places(void **state)
{
	static const struct {
		uint64_t pair[3][2];
		size_t pairs;
		bool good;
		uint64_t total;
	} table[] = {
		{{{0}}, 0, true, 0},
		{{{CHUNK, CHUNK}}, 1, true, CHUNK},
		{{{99 * CHUNK, CHUNK}}, 1, true, CHUNK},
		{{{CHUNK, 99 * CHUNK}}, 1, true, 99 * CHUNK},
		{{{CHUNK, CHUNK}, {2 * CHUNK, CHUNK}}, 2, true, 2 * CHUNK},
		{{{CHUNK, CHUNK}, {9 * CHUNK, CHUNK}}, 2, true, 2 * CHUNK},
		/* The first chunk holds what finds all the rest. */
		{{{0, CHUNK}}, 1, false, 0},
		{{{CHUNK, 0}}, 1, false, 0},
		{{{CHUNK + 4096, CHUNK}}, 1, false, 0},
		{{{CHUNK, 4096}}, 1, false, 0},
		{{{100 * CHUNK, CHUNK}}, 1, false, 0},
		{{{100 * CHUNK, 512}}, 1, false, 0},
		{{{101 * CHUNK, CHUNK}}, 1, false, 0},
		{{{CHUNK, ~(CHUNK - 1)}}, 1, false, 0},
		{{{~(CHUNK - 1), CHUNK}}, 1, false, 0},
		{{{2 * CHUNK, CHUNK}, {CHUNK, CHUNK}}, 2, false, 0},
		{{{CHUNK, 2 * CHUNK}, {2 * CHUNK, CHUNK}}, 2, false, 0},
		{{{CHUNK, CHUNK}, {CHUNK, CHUNK}}, 2, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct answer answer;
		struct usage usage;

		begin(&answer, "");
		for (size_t n = 0; n < table[i].pairs; n++)
			add(&answer, table[i].pair[n][0], table[i].pair[n][1]);
		assert_int_equal(take(&answer, &usage) == 0, table[i].good);
		assert_int_equal(extents_total(&usage.free), table[i].total);
		usage_done(&usage);
		/* The same, and something at its end. */
		answer.bytes[answer.length++] = 0;
		assert_true(take(&answer, &usage) < 0);
	}
}

static void lines(void **state)
{
	static const char *const bad[] = {"x\n",
					  "\n",
					  "+\n",
					  "+1 /\n",
					  "+1@\n",
					  "+1@2/\n",
					  "+@2 /\n",
					  "+1@-2 /\n",
					  "+ 1@2 /\n",
					  "+1@ 2 /\n",
					  "+6554113@0 /\n",
					  "+1@6554112 /\n",
					  "-ok\n+bad\n"};
	struct answer answer;
	struct usage usage;

	(void)state;
	begin(&answer, "+65536@1048576 / (ext4 on a1)\n-/b\x1b: why\n+1@2 cut");
	add(&answer, CHUNK, CHUNK);
	assert_int_equal(take(&answer, &usage), 0);
	assert_int_equal(usage.count, 2);
	assert_true(usage.system[0].asked);
	assert_int_equal(usage.system[0].free, 65536);
	assert_int_equal(usage.system[0].start, 1048576);
	assert_string_equal(usage.system[0].words, "/ (ext4 on a1)");
	assert_false(usage.system[1].asked);
	assert_int_equal(usage.system[1].free, 0);
	assert_string_equal(usage.system[1].words, "/b?: why");
	assert_int_equal(extents_total(&usage.free), CHUNK);
	usage_done(&usage);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin(&answer, bad[i]);
		assert_true(take(&answer, &usage) < 0);
	}
}

static void forms(void **state)
{
	struct answer answer;
	struct usage usage;

	(void)state;
	begin(&answer, "-a\n");
	for (size_t cut = 1; cut <= answer.length; cut++) {
		answer.length -= cut;
		assert_true(take(&answer, &usage) < 0);
		answer.length += cut;
	}
	/* A text that is longer than all of it, or than any may be. */
	(void)wire_put32(answer.bytes, 4);
	assert_true(take(&answer, &usage) < 0);
	(void)wire_put32(answer.bytes, ~0U);
	assert_true(take(&answer, &usage) < 0);
	begin(&answer, "-a\n");
	answer.bytes[4] = 1;
	assert_true(take(&answer, &usage) < 0);
}

static void too_many(void **state)
{
	size_t length = WIRE_USED_BYTES + 16 * ((size_t)WIRE_USED_MAX + 1);
	uint8_t *bytes = calloc(1, length);
	struct usage_answer answer = {"box", bytes, length, 1ULL << 40};
	struct usage usage;

	(void)state;
	assert_non_null(bytes);
	for (uint64_t i = 0; i <= WIRE_USED_MAX; i++)
		(void)wire_put64(wire_put64(bytes + WIRE_USED_BYTES + 16 * i,
					    (2 * i + 1) * CHUNK),
				 CHUNK);
	assert_true(usage_take(&answer, &usage, NULL) < 0);
	answer.length -= 16;
	assert_int_equal(usage_take(&answer, &usage, NULL), 0);
	assert_int_equal(usage.free.count, WIRE_USED_MAX);
	usage_done(&usage);
	free(bytes);
}

static void noise(void **state)
{
	(void)state;
	srandom(42);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct answer answer;
		struct usage usage;

		begin(&answer, random() % 2 ? "+65536@0 / (xfs)\n-b: c\n" : "");
		for (long n = random() % 4; n; n--)
			add(&answer, (uint64_t)(random() % 120) * CHUNK,
			    (uint64_t)(random() % 9) * CHUNK);
		for (long n = random() % 3; n; n--)
			answer.bytes[(size_t)random() % answer.length] =
				(uint8_t)random();
		if (take(&answer, &usage) == 0) {
			assert_true(extents_total(&usage.free) <= SIZE);
			usage_done(&usage);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places), cmocka_unit_test(lines),
		cmocka_unit_test(forms),  cmocka_unit_test(too_many),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
