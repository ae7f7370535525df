/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_LANDING_H
#define LANDER_COPY_LANDING_H

#include <stdint.h>

#include "copy/chunkmap.h"
#include "copy/ring.h"
#include "source/source.h"

struct error;
struct pass;
struct queue;

#define LANDING_PIECE 1048576U /* bytes a request */
#define LANDING_RUNS  (LANDING_PIECE / CHUNKMAP_CHUNK)

/** SLOT_LEARNING: the target's old bytes come; SLOT_LEARNED: they are there. */
enum slot_state {
	SLOT_FREE,
	SLOT_LEARNING,
	SLOT_LEARNED,
	SLOT_READING,
	SLOT_FAILED,
	SLOT_WRITING
};

/** Where one thread's pieces come down. */
struct landing {
	struct pass *pass;
	struct queue *queue;
	struct ring *ring;
	struct error *error; /* the first that was met, fatal */
};

/** One buffer's way: read, looked at, written, free again. */
struct slot {
	struct landing *landing;
	void *owner;
	enum slot_state state;
	struct request request;
	struct ring_op op[LANDING_RUNS];
	unsigned int writes; /* on their way, one more while they start */
	bool announced;	     /* hash is what the source says it is */
	uint8_t hash[16];
	uint64_t subhash[CHUNKMAP_CHUNK / SOURCE_BLOCK]; /* of old bytes */
};

/**
 * landing_put(slot): its request's bytes are in memory, still hot.  Each chunk
 * is tested for zeroes, hashed into the map, and written (equal neighbours
 * together) or queued for zeroing; sector 0 is kept in pass->sector0 instead.
 * The slot is free when all is written; errors go to landing->error.  Part of
 * one chunk is written as it is, and the chunk is unknown then.
 */
void landing_put(struct slot *slot);

/** landing_learn(slot): one whole chunk's bytes into the map; when they are not
 *  what was announced, that is counted.  1 when they are all zero. */
int landing_learn(struct slot *slot);

/** landing_finish(landing, offset, length): on the target. */
void landing_finish(struct landing *landing, uint64_t offset, uint64_t length);

/** landing_fail(landing, why): takes why. */
void landing_fail(struct landing *landing, struct error *why);

#endif
