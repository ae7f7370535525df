/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the agent is told of writes: TRACK and CUT of PROTOCOL.md, in frames of
 * ranges.  The tracking itself is in track.c.
 */
#include "lander-source/tracking.h"

#include <errno.h>

#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "lander-source/text.h"
#include "lander-source/track.h"

#define RANGES 4096U /* of a frame */

static bool may_track;

struct frame {
	uint64_t tag;
	size_t length;
	uint8_t payload[WIRE_CUT_BYTES + RANGES * 16];
};

static bool send(struct frame *frame, uint8_t flags)
{
	size_t length = frame->length;

	frame->length = 0;
	return reply_send(
		&(struct reply){WIRE_ANSWER | WIRE_CUT, flags, frame->tag},
		frame->payload, length);
}

static bool add(void *owner, uint64_t offset, uint64_t length)
{
	struct frame *frame = owner;

	if (frame->length + 16 > sizeof(frame->payload) && !send(frame, 0))
		return false;
	(void)wire_put64(wire_put64(frame->payload + frame->length, offset),
			 length);
	frame->length += 16;
	return true;
}

static bool send_lost(uint64_t tag, const char *why)
{
	uint8_t payload[WIRE_CUT_BYTES + 1024];
	uint8_t *at = wire_put32(wire_put32(payload, WIRE_CUT_LOST), 0);

	while (*why && at < payload + sizeof(payload))
		*at++ = (uint8_t)*why++;
	return reply_send(
		&(struct reply){WIRE_ANSWER | WIRE_CUT, WIRE_LAST, tag},
		payload, (size_t)(at - payload));
}

static bool answer_cut(const struct order *order)
{
	static struct frame frame;
	char why[1024];
	struct text text;
	struct track_cut cut = {.each = add, .owner = &frame};
	int code;

	text_begin(&text, why, sizeof(why));
	frame.tag = order->header.tag;
	frame.length = WIRE_CUT_BYTES;
	(void)wire_put32(wire_put32(frame.payload, 0), 0);
	code = track_cut(order->disk, &cut, &text);
	if (code < 0)
		return false;
	if (code)
		return reply_error(order->header.tag, code, why);
	return cut.lost ? send_lost(order->header.tag, why)
			: send(&frame, WIRE_LAST);
}

void tracking_allow(bool allowed)
{
	may_track = allowed;
}

bool tracking_answer(const struct order *order, const struct disk *disks)
{
	char why[1024];
	struct text text;
	int code;

	if (order->header.type == WIRE_CUT)
		return answer_cut(order);
	if (!may_track)
		return reply_error(order->header.tag, EPERM,
				   "this lander-source was started without "
				   "--track");
	text_begin(&text, why, sizeof(why));
	text_add(&text, "can't be tracked: ");
	code = track_begin(disks, order->disk, &text);
	if (code)
		return reply_error(order->header.tag, code, why);
	return reply_send(&(struct reply){WIRE_ANSWER | WIRE_TRACK, WIRE_LAST,
					  order->header.tag},
			  NULL, 0);
}
