/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lander-source takes for a DELTA: a table, and bytes at random. */
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

struct delta {
	uint32_t flags;
	uint64_t offset;
	uint32_t count;
	uint32_t zero;
	char end; /* of the name */
	int taken;
};

/* With two hashes, whatever it says. */
static void add_delta(struct stream *stream, const struct delta *delta)
{
	uint8_t payload[WIRE_DELTA_BYTES + 9 + 16] = {1};
	uint8_t *at = wire_put32(payload + 4, delta->flags);

	at = wire_put64(wire_put64(at, delta->offset), 77);
	at = wire_put32(wire_put32(at, delta->count), delta->zero);
	memcpy(at, "dir\0name", 9);
	at[8] = (uint8_t)delta->end;
	add(stream, WIRE_DELTA, payload, sizeof(payload));
}

static void pieces_keep_their_bounds(void **state)
{
	static const struct delta deltas[] = {
		{0, 0, 2, 0, 0, 1},
		{1, 65536, 2, 0, 0, 1},
		{1, WIRE_DISK_SIZE_MAX, 2, 0, 0, 1},
		/* Nobody has a hash of what is asked for: the rest is sent. */
		{1, 0, 0, 0, 0, 1},
		{2, 0, 2, 0, 0, -1},
		{0, 512, 2, 0, 0, -1},
		{0, 8192, 2, 0, 0, -1},
		{0, UINT64_MAX - 16383, 2, 0, 0, -1},
		{0, 0, 3, 0, 0, -1},
		{0, 0, 4, 0, 0, -1},
		{0, 0, WIRE_PIECES_MAX + 1, 0, 0, -1},
		{0, 0, UINT32_MAX, 0, 0, -1},
		{0, 0, 2, 1, 0, -1},
		{0, 0, 2, 0, 'x', -1},
	};
	static struct orders orders;

	(void)state;
	for (size_t i = 0; i < sizeof(deltas) / sizeof(*deltas); i++) {
		static struct stream stream;

		stream.length = 0;
		add_delta(&stream, &deltas[i]);
		assert_int_equal(take_all(&orders, &stream, 4096),
				 deltas[i].taken);
	}
}

/* A path and a name have the room of any request, however many hashes. */
static void names_are_bounded(void **state)
{
	static uint8_t payload[WIRE_DELTA_MAX] = {1};
	static struct orders orders;
	static struct stream stream;

	(void)state;
	memset(payload + WIRE_DELTA_BYTES, 'x',
	       sizeof(payload) - WIRE_DELTA_BYTES);
	payload[WIRE_REQUEST_MAX - 1] = 0;
	add(&stream, WIRE_DELTA, payload, WIRE_REQUEST_MAX);
	assert_int_equal(take_all(&orders, &stream, 4096), 1);
	stream.length = 0;
	payload[WIRE_REQUEST_MAX] = 0;
	add(&stream, WIRE_DELTA, payload, WIRE_REQUEST_MAX + 1);
	assert_int_equal(take_all(&orders, &stream, 4096), -1);
	stream.length = 0;
	(void)wire_put32(payload + 24, 1);
	add(&stream, WIRE_DELTA, payload, WIRE_REQUEST_MAX + 9);
	assert_int_equal(take_all(&orders, &stream, 4096), -1);
}

/* take_all() looks at the names of each that is taken. */
static void noise_harms_nothing(void **state)
{
	static const struct delta good = {1, 65536, 2, 0, 0, 1};
	static struct orders orders;
	int taken = 0;

	(void)state;
	srand(25);
	for (int i = 0; i < ROUNDS; i++) {
		static struct stream stream;
		size_t at;

		stream.length = 0;
		add_delta(&stream, &good);
		at = WIRE_HEADER_BYTES +
		     (size_t)rand() % (stream.length - WIRE_HEADER_BYTES);
		stream.at[at] = (uint8_t)rand();
		taken +=
			take_all(&orders, &stream, 1 + (size_t)rand() % 99) > 0;
	}
	assert_true(taken > 0 && taken < ROUNDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_keep_their_bounds),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(noise_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
