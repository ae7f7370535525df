/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk holds, on its way to the agent: for READ all but blocks of
 * zeroes, packed if it asks for that; for DIFF those blocks that are not what
 * the agent has.
 */
#include "lander-source/content.h"

#include <sys/uio.h>

#include <string.h>

#include "lander-source/hash.h"
#include "lander-source/order.h"
#include "lander-source/pack.h"
#include "lander-source/reads.h"
#include "lander-source/reply.h"
#include "source/wire.h"

#define RUNS_MAX (WIRE_BLOCKS_MAX / 2 + 1)

/** What the agent has there. */
struct diff {
	bool used;
	uint64_t seed;
	uint64_t subhash[WIRE_BLOCKS_MAX];
};

static struct diff diffs[CONTENT_MAX];
static unsigned int busy;

unsigned int content_busy(void)
{
	return busy;
}

bool content_is_zero(const uint8_t *at, uint32_t length)
{
	const uint64_t *word = (const void *)at;
	const uint64_t *end = (const void *)(at + length);

	/* The length is whole sectors: 64 words each. */
	while (word < end) {
		uint64_t any = 0;

		for (unsigned int i = 0; i < 64; i++)
			any |= *word++;
		if (any)
			return false;
	}
	return true;
}

/* A block that the agent need not be sent. */
static bool is_known(const struct diff *diff, const uint8_t *data,
		     uint32_t place, uint32_t length)
{
	if (!diff)
		return content_is_zero(data + place, length);
	return hash_block(data + place, length, diff->seed) ==
	       diff->subhash[place / WIRE_BLOCK];
}

/* Which parts of [0, length) are to be sent. */
static unsigned int find_runs(const struct diff *diff, const uint8_t *data,
			      uint32_t length, uint32_t run[RUNS_MAX][2])
{
	unsigned int count = 0;
	bool inside = false;

	for (uint32_t place = 0; place < length; place += WIRE_BLOCK) {
		uint32_t step = length - place;

		if (step > WIRE_BLOCK)
			step = WIRE_BLOCK;
		if (is_known(diff, data, place, step)) {
			inside = false;
			continue;
		}
		if (!inside) {
			run[count][0] = place;
			run[count][1] = 0;
			count++;
		}
		run[count - 1][1] += step;
		inside = true;
	}
	if (!count) {
		run[0][0] = 0;
		run[0][1] = 0;
		count = 1;
	}
	return count;
}

#define HEAD_MAX (WIRE_HEADER_BYTES + 16)

/** Frames of one answer. */
struct frames {
	const struct read *read;
	uint8_t type; /* of the request */
	unsigned int count;
	size_t packed; /* bytes used of room */
	uint8_t head[RUNS_MAX][HEAD_MAX];
	struct iovec part[RUNS_MAX * 2];
};

/* What is packed of one answer is never more than it was. */
static uint8_t room[WIRE_READ_MAX];

static void add_frame(struct frames *frames, const uint8_t *data,
		      const uint32_t run[2], bool last)
{
	struct wire_header header = {.flags = last ? WIRE_LAST : 0,
				     .tag = frames->read->tag};
	uint8_t *head = frames->head[frames->count];
	struct iovec *part = &frames->part[2 * (size_t)frames->count++];
	uint8_t *at = head + WIRE_HEADER_BYTES;
	size_t length = 0;

	part[1] = (struct iovec){(void *)(uintptr_t)(data + run[0]), run[1]};
	header.type = WIRE_ANSWER | frames->type;
	if (frames->type == WIRE_PACKED) {
		length = pack_bytes(part[1].iov_base, run[1],
				    room + frames->packed,
				    sizeof(room) - frames->packed);
		if (!length)
			header.type = WIRE_ANSWER | WIRE_READ;
	}
	at = wire_put64(at, frames->read->offset + run[0]);
	if (length) {
		part[1] = (struct iovec){room + frames->packed, length};
		frames->packed += length;
		at = wire_put32(wire_put32(at, run[1]), 0);
	}
	part[0] = (struct iovec){head, (size_t)(at - head)};
	header.length = (uint32_t)(part[0].iov_len - WIRE_HEADER_BYTES +
				   part[1].iov_len);
	(void)wire_put_header(head, &header);
}

static bool answer(const struct read *read, const struct diff *diff,
		   const uint8_t *data, uint8_t type)
{
	static struct frames frames;
	uint32_t run[RUNS_MAX][2];
	unsigned int runs = find_runs(diff, data, read->length, run);

	frames.read = read;
	frames.type = type;
	frames.count = 0;
	frames.packed = 0;
	for (unsigned int i = 0; i < runs; i++)
		add_frame(&frames, data, run[i], i + 1 == runs);
	return reply_bytes(frames.part, 2 * runs);
}

/* read.number: which diff it is, or one of these. */
#define PLAIN  CONTENT_MAX
#define PACKED (CONTENT_MAX + 1)

static bool done(const struct read *read, const uint8_t *data, int code)
{
	struct diff *diff = NULL;

	busy--;
	if (read->number < CONTENT_MAX) {
		diff = &diffs[read->number];
		diff->used = false;
	}
	if (code)
		return reply_error(read->tag, code, "read");
	return answer(read, diff, data,
		      read->number == PACKED ? WIRE_PACKED
		      : diff		     ? WIRE_DIFF
					     : WIRE_READ);
}

bool content_start(const struct order *order, const struct disk *disk)
{
	struct read read = {.disk = disk,
			    .tag = order->header.tag,
			    .offset = order->offset,
			    .length = (uint32_t)order->length,
			    .number = order->header.type == WIRE_PACKED ? PACKED
									: PLAIN,
			    .done = done};

	busy++;
	if (order->header.type == WIRE_DIFF) {
		struct diff *diff;

		read.number = 0;
		while (diffs[read.number].used)
			read.number++;
		diff = &diffs[read.number];
		diff->used = true;
		diff->seed = order->seed;
		memcpy(diff->subhash, order->subhash, sizeof(diff->subhash));
	}
	return reads_start(&read);
}
