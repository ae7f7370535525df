/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk holds, on its way to the agent: for READ all but blocks of
 * zeroes, for DIFF those blocks that are not what the agent has.
 * Source: the XXH3 specification (xxhash, doc/xxhash_spec.md).
 */
#include "lander-source/content.h"

#include <sys/uio.h>

#include <string.h>

#include "lander-source/digest.h"
#include "lander-source/order.h"
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
	return digest_block(data + place, length, diff->seed) ==
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

static bool answer(const struct read *read, const struct diff *diff,
		   const uint8_t *data)
{
	uint32_t run[RUNS_MAX][2];
	uint8_t head[RUNS_MAX][WIRE_HEADER_BYTES + 8];
	struct iovec part[RUNS_MAX * 2];
	unsigned int runs = find_runs(diff, data, read->length, run);

	for (unsigned int i = 0; i < runs; i++) {
		struct wire_header header = {
			.length = 8 + run[i][1],
			.type = WIRE_ANSWER | (diff ? WIRE_DIFF : WIRE_READ),
			.flags = i + 1 == runs ? WIRE_LAST : 0,
			.tag = read->tag};

		(void)wire_put64(wire_put_header(head[i], &header),
				 read->offset + run[i][0]);
		part[2 * (size_t)i] = (struct iovec){head[i], sizeof(head[i])};
		part[2 * (size_t)i + 1] = (struct iovec){
			(void *)(uintptr_t)(data + run[i][0]), run[i][1]};
	}
	return reply_bytes(part, 2 * runs);
}

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
	return answer(read, diff, data);
}

bool content_start(const struct order *order, const struct disk *disk)
{
	struct read read = {.disk = disk,
			    .tag = order->header.tag,
			    .offset = order->offset,
			    .length = (uint32_t)order->length,
			    .number = CONTENT_MAX,
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
