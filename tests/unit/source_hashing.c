/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashes that a lander-source tells, and what it sends over old bytes: only
 * what was asked for is taken.
 */
#include "reading_case.h"

static void note_hashing(struct hashing *hashing)
{
	*(bool *)hashing->owner = true;
}

/* Two and a half chunks at 128 KiB; what one answer to it comes to. */
static int hash(const struct wire_header *like, uint64_t offset,
		struct hashing *hashing)
{
	struct bench *bench = new_bench();
	struct stream stream = {.at = malloc(4096)};
	struct wire_header header = *like;
	uint8_t payload[8 + 65 * 16];
	bool done = false;
	int r;

	*hashing = (struct hashing){.offset = 131072,
				    .length = 163840,
				    .seed = 7,
				    .done = note_hashing,
				    .owner = &done};
	assert_int_equal(reading_hash(&bench->reading, hashing, NULL), 0);
	assert_int_equal(bench->remote.out[4], WIRE_HASH);
	assert_int_equal(wire_get64(bench->remote.out + 16 + 24), 7);
	header.tag += wire_get64(bench->remote.out + 8);
	memset(payload, 0x5a, sizeof(payload));
	(void)wire_put64(payload, offset);
	add(&stream, &header, payload);
	r = feed(bench, &stream, 13, NULL);
	assert_true(done == (r == 0));
	free(stream.at);
	free_bench(bench);
	return r;
}

static void hashes_are_those_asked_for(void **state)
{
	static const struct {
		struct wire_header header;
		uint64_t offset;
		bool good;
	} answers[] = {
		{{56, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, true},
		{{56, WIRE_ANSWER | WIRE_HASH, 0, 0}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 0, false},
		{{55, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, false},
		{{40, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, false},
		{{72, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, false},
		{{0, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, false},
		{{1032, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 0}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 1}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_HASH, WIRE_LAST, 16}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_CHECK, WIRE_LAST, 0}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_READ, WIRE_LAST, 0}, 131072, false},
		{{56, WIRE_ANSWER | WIRE_DIFF, WIRE_LAST, 0}, 131072, false},
	};
	struct hashing hashing;

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		int r = hash(&answers[i].header, answers[i].offset, &hashing);

		assert_true((r == 0) == answers[i].good);
	}
	assert_int_equal(hash(&answers[0].header, 131072, &hashing), 0);
	for (size_t i = 0; i < 64; i++)
		for (size_t k = 0; k < 16; k++)
			assert_int_equal(hashing.hash[i][k], i < 3 ? 0x5a : 0);
	/* An error is the end of this one. */
	assert_int_equal(
		hash(&(struct wire_header){4, WIRE_ERROR, WIRE_LAST, 0}, 131072,
		     &hashing),
		0);
	assert_int_equal(hashing.result, -EIO);
}

static void no_more_hashes_than_may_be(void **state)
{
	struct bench *bench = new_bench();
	struct hashing hashing[SOURCE_HASHINGS + 1] = {
		{.length = SOURCE_HASH_MAX + 65536}};
	struct hashing *one = &hashing[0];

	(void)state;
	assert_true(reading_hash(&bench->reading, one, NULL) < 0);
	for (unsigned int i = 0; i <= SOURCE_HASHINGS; i++) {
		hashing[i].length = 65536;
		assert_true((reading_hash(&bench->reading, &hashing[i], NULL) ==
			     0) == (i < SOURCE_HASHINGS));
	}
	free_bench(bench);
}

/* A DIFF of 5 blocks and a half at 1 MiB, answered by one frame. */
static int diff(uint8_t type, uint64_t offset, uint32_t length,
		struct request *request)
{
	static const uint64_t subhash[6] = {1, 2, 3, 4, 5, 6};
	static uint8_t payload[8 + WIRE_READ_MAX];
	static char buf[6 * 4096];
	struct bench *bench = new_bench();
	struct stream stream = {.at = malloc(1 << 20)};
	struct wire_header header = {
		.type = type, .length = 8 + length, .flags = WIRE_LAST};
	int r;

	memset(buf, 'o', sizeof(buf));
	memset(payload, 'n', sizeof(payload));
	*request = (struct request){.offset = 1 << 20,
				    .length = 5 * 4096 + 512,
				    .buf = buf,
				    .done = count_done,
				    .owner = bench,
				    .subhash = subhash,
				    .seed = 9};
	assert_int_equal(reading_read(&bench->reading, request, NULL), 0);
	assert_int_equal(bench->remote.out_end, 16 + 24 + 48);
	assert_int_equal(bench->remote.out[4], WIRE_DIFF);
	assert_int_equal(wire_get64(bench->remote.out + 16 + 24 + 40), 6);
	(void)wire_put64(payload, offset);
	add(&stream, &header, payload);
	r = feed(bench, &stream, 1000, NULL);
	assert_true(bench->done == (r == 0));
	free(stream.at);
	free_bench(bench);
	return r;
}

static void differences_go_over_old_bytes(void **state)
{
	const uint64_t at = 1 << 20;
	struct request request;
	const char *buf;

	(void)state;
	assert_int_equal(
		diff(WIRE_ANSWER | WIRE_DIFF, at + 4096, 8192, &request), 0);
	assert_int_equal(request.changed, 6);
	buf = request.buf;
	for (size_t i = 0; i < request.length; i++)
		assert_int_equal(buf[i], i >= 4096 && i < 3 * 4096 ? 'n' : 'o');
	assert_int_equal(
		diff(WIRE_ANSWER | WIRE_DIFF, at + 5 * 4096, 512, &request), 0);
	assert_int_equal(request.changed, 32);
	assert_int_equal(diff(WIRE_ANSWER | WIRE_DIFF, at, 0, &request), 0);
	assert_int_equal(request.changed, 0);
	/* Half blocks, other places, another kind of answer. */
	assert_true(diff(WIRE_ANSWER | WIRE_DIFF, at + 512, 4096, &request) <
		    0);
	assert_true(diff(WIRE_ANSWER | WIRE_DIFF, at, 512, &request) < 0);
	assert_true(diff(WIRE_ANSWER | WIRE_DIFF, at + 5 * 4096, 1024,
			 &request) < 0);
	assert_true(diff(WIRE_ANSWER | WIRE_DIFF, at - 4096, 4096, &request) <
		    0);
	assert_true(diff(WIRE_ANSWER | WIRE_DIFF, at + 6 * 4096, 4096,
			 &request) < 0);
	assert_true(diff(WIRE_ANSWER | WIRE_READ, at, 4096, &request) < 0);
}

/* An honest hash and an honest difference, bent at random. */
static void noise_harms_nothing(void **state)
{
	unsigned int refused = 0;

	(void)state;
	srandom(42);
	for (unsigned int i = 0; i < 20000; i++) {
		struct wire_header header = {56, WIRE_ANSWER | WIRE_HASH,
					     WIRE_LAST, 0};
		struct hashing hashing;
		struct request request;
		uint32_t length = (uint32_t)random() % 8 * 2048;
		uint64_t offset = (1 << 20) + (uint64_t)random() % 16 * 1024;

		switch (random() % 4) {
		case 0:
			header.length = (uint32_t)random() % 1041;
			break;
		case 1:
			header.type = (uint8_t)(0x80 | random());
			break;
		case 2:
			header.tag = (uint64_t)random() << (random() % 40);
			break;
		default:
			break;
		}
		if (header.length < 8)
			header.length = 8;
		refused += hash(&header, 131072, &hashing) < 0;
		refused += diff(WIRE_ANSWER | WIRE_DIFF, offset, length,
				&request) < 0;
		assert_int_equal(request.changed & ~(uint64_t)63, 0);
	}
	assert_true(refused > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_asked_for),
		cmocka_unit_test(no_more_hashes_than_may_be),
		cmocka_unit_test(differences_go_over_old_bytes),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
