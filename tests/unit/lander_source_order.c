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
#include "order_case.h"

#define ROUNDS 20000

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
	uint8_t units[8 + 5] = {1, 0, 0, 0, 0, 0, 0, 0, 'a', 0, 'b', '.', 0};
	uint8_t fence[8] = {WIRE_FENCE_NIC};
	uint8_t view[16] = {1, 0, 0, 0, 0, 0, 0, 0, 9};

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
	add(stream, WIRE_USED, check, sizeof(check));
	add(stream, WIRE_PREPARE, units, sizeof(units));
	add(stream, WIRE_QUIESCE, units, 8);
	add(stream, WIRE_RENEW, "", 0);
	add(stream, WIRE_THAW, "", 0);
	add(stream, WIRE_FENCE, fence, sizeof(fence));
	add(stream, WIRE_VIEW, view, sizeof(view));
	add(stream, WIRE_BYE, "", 0);
}

static void pieces_do_not_matter(void **state)
{
	static struct orders orders;
	static struct stream stream;

	(void)state;
	add_all(&stream);
	for (size_t piece = 1; piece < 300; piece++)
		assert_int_equal(take_all(&orders, &stream, piece), 19);
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

static void ways_to_quiesce_are_bounded(void **state)
{
	static const struct {
		uint8_t type;
		uint32_t kind;
		uint32_t zero;
		int taken;
	} orders_for[] = {
		{WIRE_PREPARE, WIRE_QUIESCE_READONLY, 0, 1},
		{WIRE_QUIESCE, WIRE_QUIESCE_SNAPSHOT, 0, 1},
		{WIRE_QUIESCE, WIRE_QUIESCE_SNAPSHOT + 1, 0, -1},
		{WIRE_QUIESCE, UINT32_MAX, 0, -1},
		{WIRE_QUIESCE, 0, 1, -1},
		{WIRE_FENCE, 0, 0, -1},
		{WIRE_FENCE, WIRE_FENCE_POWEROFF, 0, 1},
		{WIRE_FENCE, WIRE_FENCE_NIC + 1, 0, -1},
		{WIRE_FENCE, WIRE_FENCE_NIC, 1, -1},
	};
	static struct orders orders;
	static struct stream stream;

	(void)state;
	for (size_t i = 0; i < sizeof(orders_for) / sizeof(*orders_for); i++) {
		uint8_t payload[8];

		stream.length = 0;
		(void)wire_put32(wire_put32(payload, orders_for[i].kind),
				 orders_for[i].zero);
		add(&stream, orders_for[i].type, payload, sizeof(payload));
		assert_int_equal(take_all(&orders, &stream, 4096),
				 orders_for[i].taken);
	}
}

static int take_units_of(uint32_t kind, const uint8_t *names, size_t length)
{
	static struct orders orders;
	static struct stream stream;
	static uint8_t payload[WIRE_REQUEST_MAX];

	assert_true(8 + length <= sizeof(payload));
	stream.length = 0;
	(void)wire_put32(payload, kind);
	memcpy(payload + 8, names, length);
	add(&stream, WIRE_QUIESCE, payload, 8 + length);
	return take_all(&orders, &stream, 8192);
}

static int take_units(const uint8_t *names, size_t length)
{
	return take_units_of(WIRE_QUIESCE_AUTO, names, length);
}

static void names_of_units_are_bounded(void **state)
{
	static uint8_t names[WIRE_REQUEST_MAX];

	(void)state;
	assert_int_equal(take_units((const uint8_t *)"a\0b", 3), -1);
	assert_int_equal(take_units((const uint8_t *)"a\0\0", 3), -1);
	assert_int_equal(take_units((const uint8_t *)"\0", 1), -1);
	assert_int_equal(take_units((const uint8_t *)"a\0b", 4), 1);
	/* For a snapshot nothing is stopped. */
	assert_int_equal(
		take_units_of(WIRE_QUIESCE_SNAPSHOT, (const uint8_t *)"a", 2),
		-1);
	memset(names, 'x', sizeof(names));
	names[WIRE_UNIT_MAX - 1] = '\0';
	assert_int_equal(take_units(names, WIRE_UNIT_MAX), 1);
	names[WIRE_UNIT_MAX - 1] = 'x';
	names[WIRE_UNIT_MAX] = '\0';
	assert_int_equal(take_units(names, WIRE_UNIT_MAX + 1), -1);
	for (size_t i = 1; i < sizeof(names); i += 2)
		names[i] = '\0';
	names[WIRE_UNIT_MAX] = 'x';
	assert_int_equal(take_units(names, 2 * (size_t)WIRE_UNITS_MAX), 1);
	assert_int_equal(take_units(names, 2 * (size_t)WIRE_UNITS_MAX + 2), -1);
	assert_int_equal(take_units(names, sizeof(names) - 8), -1);
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
		cmocka_unit_test(ways_to_quiesce_are_bounded),
		cmocka_unit_test(names_of_units_are_bounded),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
