/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lander-source takes for a request: a table, and bytes at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lander-source/order.h"

#define ROUNDS 20000

struct stream {
	uint8_t at[8192];
	size_t length;
};

static void add(struct stream *stream, uint8_t type, const void *payload,
		size_t length)
{
	struct wire_header header = {.length = (uint32_t)length,
				     .type = type,
				     .tag = stream->length};

	(void)wire_put_header(stream->at + stream->length, &header);
	stream->length += WIRE_HEADER_BYTES;
	memcpy(stream->at + stream->length, payload, length);
	stream->length += length;
}

static void add_read(struct stream *stream, uint32_t disk, uint32_t length,
		     uint64_t offset)
{
	uint8_t payload[16];

	(void)wire_put64(wire_put32(wire_put32(payload, disk), length), offset);
	add(stream, WIRE_READ, payload, sizeof(payload));
}

static void add_hash(struct stream *stream, uint64_t offset, uint64_t length)
{
	uint8_t payload[32] = {1};

	(void)wire_put64(wire_put64(payload + 8, offset), length);
	add(stream, WIRE_HASH, payload, sizeof(payload));
}

static void add_diff(struct stream *stream, uint64_t offset, uint32_t length,
		     size_t hashes)
{
	uint8_t payload[WIRE_DIFF_BYTES + 8 * (WIRE_BLOCKS_MAX + 1)] = {1};

	(void)wire_put64(wire_put32(payload + 4, length), offset);
	add(stream, WIRE_DIFF, payload, WIRE_DIFF_BYTES + 8 * hashes);
}

static void add_all(struct stream *stream)
{
	uint8_t hello[8] = {WIRE_VERSION};
	uint8_t open[8 + 3] = {1, 0, 0, 0, 0, 0, 0, 0, 's', 'd', 'a'};
	uint8_t extents[24] = {1};
	uint8_t check[8] = {1};

	add(stream, WIRE_HELLO, hello, sizeof(hello));
	add(stream, WIRE_FACTS, "", 0);
	add(stream, WIRE_OPEN, open, sizeof(open));
	add_read(stream, 1, 4096, 1 << 20);
	(void)wire_put64(extents + 16, 1 << 30);
	add(stream, WIRE_EXTENTS, extents, sizeof(extents));
	add(stream, WIRE_SYNC, "", 0);
	add(stream, WIRE_CHECK, check, sizeof(check));
	add_hash(stream, 1 << 20, WIRE_HASH_MAX);
	add_diff(stream, 1 << 20, 65536, 16);
	add(stream, WIRE_TRACK, check, sizeof(check));
	add(stream, WIRE_CUT, check, sizeof(check));
	add(stream, WIRE_BYE, "", 0);
}

/* All that is in the stream, given in pieces; -1 for a complaint. */
static int take_all(struct orders *orders, const struct stream *stream,
		    size_t piece)
{
	static struct order order;
	const char *complaint;
	size_t given = 0;
	int taken = 0;
	int r = 0;

	orders->begin = orders->end = 0;
	while (r >= 0 && given < stream->length) {
		uint8_t *at;
		size_t room = order_room(orders, &at);
		size_t step = stream->length - given;

		assert_true(room > 0);
		step = step < piece ? step : piece;
		step = step < room ? step : room;
		memcpy(at, stream->at + given, step);
		orders->end += step;
		given += step;
		while ((r = order_take(orders, &order, &complaint)) > 0) {
			taken++;
			assert_true(order.disk < WIRE_DISKS_MAX);
			if (order.header.type == WIRE_READ)
				assert_true(order.length <= WIRE_READ_MAX);
			if (order.header.type == WIRE_OPEN)
				assert_true(strlen(order.path) < WIRE_PATH_MAX);
			if (order.header.type == WIRE_HASH)
				assert_true(order.length <= WIRE_HASH_MAX &&
					    order.offset % WIRE_CHUNK == 0);
			if (order.header.type == WIRE_DIFF)
				assert_true(order.length <= WIRE_READ_MAX);
		}
		if (r < 0)
			assert_non_null(complaint);
	}
	return r < 0 ? -1 : taken;
}

static void pieces_do_not_matter(void **state)
{
	static struct orders orders;
	static struct stream stream;

	(void)state;
	add_all(&stream);
	for (size_t piece = 1; piece < 300; piece++)
		assert_int_equal(take_all(&orders, &stream, piece), 12);
}

static void bounds_are_kept(void **state)
{
	static const struct {
		uint32_t disk;
		uint32_t length;
		uint64_t offset;
		int taken;
	} reads[] = {
		{0, 512, 0, 1},
		{63, WIRE_READ_MAX, WIRE_DISK_SIZE_MAX, 1},
		{64, 512, 0, -1},
		{UINT32_MAX, 512, 0, -1},
		{0, 0, 0, -1},
		{0, 511, 0, -1},
		{0, WIRE_READ_MAX + 512, 0, -1},
		{0, UINT32_MAX - 511, 0, -1},
		{0, 512, 1, -1},
		{0, 512, WIRE_DISK_SIZE_MAX + 512, -1},
		{0, 512, UINT64_MAX - 511, -1},
	};
	static struct orders orders;

	(void)state;
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		static struct stream stream;

		stream.length = 0;
		add_read(&stream, reads[i].disk, reads[i].length,
			 reads[i].offset);
		assert_int_equal(take_all(&orders, &stream, 4096),
				 reads[i].taken);
	}
}

static void hashes_keep_their_bounds(void **state)
{
	static const struct {
		uint64_t offset;
		uint64_t length;
		int taken;
	} hashes[] = {
		{0, 512, 1},
		{0, WIRE_HASH_MAX, 1},
		{WIRE_DISK_SIZE_MAX, WIRE_CHUNK, 1},
		{512, WIRE_CHUNK, -1},
		{WIRE_CHUNK / 2, WIRE_CHUNK, -1},
		{0, 0, -1},
		{0, 511, -1},
		{0, WIRE_HASH_MAX + 512, -1},
		{0, UINT64_MAX - 511, -1},
		{WIRE_DISK_SIZE_MAX + WIRE_CHUNK, WIRE_CHUNK, -1},
	};
	static struct orders orders;

	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(*hashes); i++) {
		static struct stream stream;

		stream.length = 0;
		add_hash(&stream, hashes[i].offset, hashes[i].length);
		assert_int_equal(take_all(&orders, &stream, 4096),
				 hashes[i].taken);
	}
}

static void differences_keep_their_bounds(void **state)
{
	static const struct {
		uint64_t offset;
		uint32_t length;
		size_t hashes;
		int taken;
	} diffs[] = {
		{0, 512, 1, 1},
		{4096, 4096, 1, 1},
		{0, 4608, 2, 1},
		{0, WIRE_READ_MAX, WIRE_BLOCKS_MAX, 1},
		{0, 4096, 0, -1},
		{0, 4096, 2, -1},
		{0, 8192, 1, -1},
		{0, 0, 1, -1},
		{0, 100, 1, -1},
		{512, 4096, 1, -1},
		{0, WIRE_READ_MAX, WIRE_BLOCKS_MAX + 1, -1},
		{0, WIRE_READ_MAX + 512, WIRE_BLOCKS_MAX, -1},
		{0, UINT32_MAX - 511, WIRE_BLOCKS_MAX, -1},
		{WIRE_DISK_SIZE_MAX + 4096, 4096, 1, -1},
	};
	static struct orders orders;

	(void)state;
	for (size_t i = 0; i < sizeof(diffs) / sizeof(*diffs); i++) {
		static struct stream stream;

		stream.length = 0;
		add_diff(&stream, diffs[i].offset, diffs[i].length,
			 diffs[i].hashes);
		assert_int_equal(take_all(&orders, &stream, 4096),
				 diffs[i].taken);
	}
}

static void wrong_frames_are_refused(void **state)
{
	/* Where of a CHECK what is put. */
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{0, 9},	   /* length */
		{3, 0xff}, /* length */
		{4, 0},	   /* type */
		{4, 0x7f}, /* type */
		{4, 0x87}, /* an answer's */
		{5, 1},	   /* flags */
		{6, 1},	   /* zero */
		{7, 1},	   /* zero */
		{20, 1},   /* zero in the payload */
		{16, 64},  /* disk */
	};
	static struct orders orders;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		static struct stream stream;
		uint8_t check[8] = {1};

		stream.length = 0;
		add(&stream, WIRE_CHECK, check, sizeof(check));
		stream.at[wrong[i].at] = wrong[i].value;
		assert_int_equal(take_all(&orders, &stream, 4096), -1);
	}
}

static void paths_are_bounded(void **state)
{
	static struct orders orders;
	static uint8_t payload[8 + WIRE_PATH_MAX + 1];

	(void)state;
	memset(payload + 8, 'x', sizeof(payload) - 8);
	for (size_t length = WIRE_PATH_MAX - 2; length <= WIRE_PATH_MAX + 1;
	     length++) {
		static struct stream stream;

		stream.length = 0;
		add(&stream, WIRE_OPEN, payload, 8 + length);
		assert_int_equal(take_all(&orders, &stream, 8192),
				 length < WIRE_PATH_MAX ? 1 : -1);
	}
	payload[10] = '\0';
	{
		static struct stream stream;

		add(&stream, WIRE_OPEN, payload, 20);
		assert_int_equal(take_all(&orders, &stream, 8192), -1);
	}
}

static void noise_harms_nothing(void **state)
{
	static struct orders orders;
	static struct stream good;
	unsigned int refused = 0;

	(void)state;
	srandom(4711);
	add_all(&good);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct stream bad = good;
		unsigned int changes = 1 + (unsigned int)random() % 8;

		while (changes--)
			bad.at[(size_t)random() % bad.length] =
				(uint8_t)random();
		refused +=
			take_all(&orders, &bad, 1 + (size_t)random() % 200) < 0;
	}
	/* Most of it is noticed; offsets and names may be anything. */
	assert_true(refused > ROUNDS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(bounds_are_kept),
		cmocka_unit_test(hashes_keep_their_bounds),
		cmocka_unit_test(differences_keep_their_bounds),
		cmocka_unit_test(wrong_frames_are_refused),
		cmocka_unit_test(paths_are_bounded),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
