/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Records of trees, packed into frames: many small files go into one, and the
 * data of a file is read to where it will be sent from.  A record never spans
 * two frames.  Knows nothing of files.
 */
#include "lander-source/tree_out.h"

#include <string.h>

#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "source/wire.h"
#include "source/wire_tree.h"

#define HEAD_BYTES (WIRE_RECORD_BYTES + WIRE_DATA_BYTES)

/* Less than this is not worth a read(2) of its own. */
#define LEAST_ROOM 16384U

static uint8_t frame[WIRE_PAYLOAD_MAX];
static size_t used;
static struct reply reply;
static bool gone;

static void flush(uint8_t flags)
{
	reply.flags = flags;
	if (!gone)
		gone = !reply_send(&reply, frame, used);
	used = 0;
}

void tree_out_begin(const struct order *order)
{
	reply.type = WIRE_ANSWER | order->header.type;
	reply.tag = order->header.tag;
	used = 0;
	gone = false;
}

uint8_t *tree_out_record(uint8_t kind, size_t length)
{
	uint8_t *at;

	if (sizeof(frame) - used < WIRE_RECORD_BYTES + length)
		flush(0);
	if (gone)
		return NULL;
	at = wire_put_record(frame + used, kind, (uint32_t)length);
	used += WIRE_RECORD_BYTES + length;
	return at;
}

uint8_t *tree_out_room(size_t *wanted)
{
	size_t least = *wanted < LEAST_ROOM ? *wanted : LEAST_ROOM;
	size_t room;

	if (sizeof(frame) - used < HEAD_BYTES + least)
		flush(0);
	if (gone)
		return NULL;
	room = sizeof(frame) - used - HEAD_BYTES;
	if (*wanted > room)
		*wanted = room;
	return frame + used + HEAD_BYTES;
}

void tree_out_data(uint64_t offset, size_t length)
{
	uint8_t *at = wire_put_record(frame + used, WIRE_DATA,
				      (uint32_t)(WIRE_DATA_BYTES + length));

	(void)wire_put64(at, offset);
	used += HEAD_BYTES + length;
}

bool tree_out_problem(int code, const char *name, size_t length)
{
	uint8_t *at =
		tree_out_record(WIRE_PROBLEM, WIRE_PROBLEM_BYTES + length);

	if (!at)
		return false;
	at = wire_put32(wire_put32(at, (uint32_t)code), 0);
	memcpy(at, name, length);
	return true;
}

void tree_out_alive(void)
{
	flush(0);
}

bool tree_out_end(void)
{
	flush(WIRE_LAST);
	return !gone;
}
