/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests in a row, and what lander-source takes of them. */
#ifndef ORDER_CASE_H
#define ORDER_CASE_H

#include <string.h>

#include "lander-source/order.h"
#include "source/wire_tree.h"

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

/* Each ends where it must, and none is empty. */
static void assert_units(const struct order *order)
{
	const char *at = order->units;
	const char *end = at + order->units_length;
	unsigned int count = 0;

	assert_true(order->units_length <= WIRE_REQUEST_MAX - 8);
	while (at < end) {
		size_t length = strnlen(at, (size_t)(end - at));

		assert_true(length > 0 && length < WIRE_UNIT_MAX);
		assert_true(at + length < end);
		at += length + 1;
		count++;
	}
	assert_true(count <= WIRE_UNITS_MAX);
}

/* A path of LIST, or one and more behind it: all end before their end. */
static void assert_names(const struct order *order)
{
	bool more = order->header.type == WIRE_FETCH ||
		    order->header.type == WIRE_DELTA ||
		    order->kind & WIRE_TREE_LEAVE;

	assert_true(order->units_length <= WIRE_REQUEST_MAX - 8);
	assert_int_equal(order->units[order->units_length], 0);
	if (more)
		assert_int_equal(order->units[order->units_length - 1], 0);
	else
		assert_int_equal(strlen(order->units), order->units_length);
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
			if (order.header.type == WIRE_LIST ||
			    order.header.type == WIRE_FETCH ||
			    order.header.type == WIRE_DELTA)
				assert_names(&order);
			else
				assert_units(&order);
		}
		if (r < 0)
			assert_non_null(complaint);
	}
	return r < 0 ? -1 : taken;
}

#endif
