/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hashes of chunks.  A HASH is read in pieces, the oldest HASH first, and
 * answered when its last piece is there.  A place that can't be read fails the
 * whole HASH: the agent finds it by reading.
 */
#include "lander-source/digest.h"

#include <string.h>

#include "lander-source/content.h"
#include "lander-source/hash.h"
#include "lander-source/order.h"
#include "lander-source/reads.h"
#include "lander-source/reply.h"
#include "source/wire.h"

#define CHUNKS_MAX (WIRE_HASH_MAX / WIRE_CHUNK)

struct digest {
	bool used;
	uint64_t age; /* the older, the smaller */
	const struct disk *disk;
	uint64_t tag;
	uint64_t offset;
	uint64_t next; /* read or being read below */
	uint64_t end;
	uint64_t seed;
	unsigned int pieces; /* being read */
	int code;	     /* 0, or a positive errno of one of them */
	uint8_t hash[CHUNKS_MAX][WIRE_HASH_BYTES];
};

static struct digest digests[DIGEST_MAX];
static unsigned int busy;
static unsigned int pieces;
static uint64_t count;

unsigned int digest_busy(void)
{
	return busy;
}

static void put_hash(struct digest *digest, uint64_t offset,
		     const uint8_t *data, uint32_t length)
{
	uint8_t *to = digest->hash[(offset - digest->offset) / WIRE_CHUNK];

	if (content_is_zero(data, length)) {
		memset(to, 0, WIRE_HASH_BYTES);
		return;
	}
	hash_chunk(data, length, digest->seed, to);
}

static bool answer(struct digest *digest)
{
	uint64_t length = digest->end - digest->offset;
	size_t chunks = (length + WIRE_CHUNK - 1) / WIRE_CHUNK;
	uint8_t payload[8 + sizeof(digest->hash)];

	digest->used = false;
	busy--;
	if (digest->code)
		return reply_error(digest->tag, digest->code, "hash");
	memcpy(wire_put64(payload, digest->offset), digest->hash,
	       chunks * WIRE_HASH_BYTES);
	return reply_send(&(struct reply){WIRE_ANSWER | WIRE_HASH, WIRE_LAST,
					  digest->tag},
			  payload, 8 + chunks * WIRE_HASH_BYTES);
}

static bool piece_done(const struct read *read, const uint8_t *data, int code)
{
	struct digest *digest = &digests[read->number];

	for (uint32_t at = 0; !code && at < read->length; at += WIRE_CHUNK) {
		uint32_t left = read->length - at;

		put_hash(digest, read->offset + at, data + at,
			 left < WIRE_CHUNK ? left : WIRE_CHUNK);
	}
	if (code) {
		digest->code = code;
		digest->next = digest->end;
	}
	pieces--;
	if (--digest->pieces || digest->next < digest->end)
		return true;
	return answer(digest);
}

void digest_start(const struct order *order, const struct disk *disk)
{
	struct digest *digest = digests;

	while (digest->used)
		digest++;
	*digest = (struct digest){.used = true,
				  .age = count++,
				  .disk = disk,
				  .tag = order->header.tag,
				  .offset = order->offset,
				  .next = order->offset,
				  .end = order->offset + order->length,
				  .seed = order->seed};
	busy++;
}

/* The oldest of which something is not read yet. */
static struct digest *choose(void)
{
	struct digest *oldest = NULL;

	for (unsigned int i = 0; i < DIGEST_MAX; i++) {
		struct digest *digest = &digests[i];

		if (digest->used && digest->next < digest->end &&
		    (!oldest || digest->age < oldest->age))
			oldest = digest;
	}
	return oldest;
}

bool digest_go_on(void)
{
	while (busy && pieces < DIGEST_PIECES) {
		struct digest *digest = choose();
		struct read read = {.done = piece_done};
		uint64_t left;

		if (!digest)
			break;
		left = digest->end - digest->next;
		read.disk = digest->disk;
		read.offset = digest->next;
		read.length =
			left < WIRE_READ_MAX ? (uint32_t)left : WIRE_READ_MAX;
		read.number = (unsigned int)(digest - digests);
		digest->next += read.length;
		digest->pieces++;
		pieces++;
		if (!reads_start(&read))
			return false;
	}
	return true;
}
