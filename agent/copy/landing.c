/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happens to a piece of disk between its arrival and its write: zero
 * test and hash while it is in the cache, then the write from the same
 * memory.  It refuses to write sector 0.
 */
#include "copy/landing.h"

#include <string.h>

#include "base/error.h"
#include "copy/pass.h"
#include "copy/queue.h"
#include "disk/target.h"

void landing_fail(struct landing *landing, struct error *why)
{
	if (landing->error)
		error_free(why);
	else
		landing->error = why;
}

void landing_finish(struct landing *landing, uint64_t offset, uint64_t length)
{
	struct error *why = NULL;

	if (queue_finish(landing->queue, offset, length, &why) < 0)
		landing_fail(landing, why);
	atomic_fetch_add(&landing->pass->progress->done, length);
}

static void release(struct slot *slot)
{
	if (--slot->writes == 0)
		slot->state = SLOT_FREE;
}

static void written(struct ring_op *op)
{
	struct slot *slot = op->owner;
	struct landing *landing = slot->landing;
	struct error *why = NULL;

	if (op->result < 0) {
		(void)error_set(&why, ERROR_TARGET, -op->result,
				"write %u bytes to '%s' at %llu", op->length,
				landing->pass->target->path,
				(unsigned long long)op->offset);
		landing_fail(landing, why);
	} else {
		atomic_fetch_add(&landing->pass->progress->written, op->length);
		landing_finish(landing, op->offset, op->length);
	}
	release(slot);
}

/* [from, to) of a slot's bytes, all zero or all to be written. */
static void put_run(struct slot *slot, uint32_t from, uint32_t to, bool zero)
{
	struct landing *landing = slot->landing;
	uint64_t offset = slot->request.offset + from;
	struct error *why = NULL;
	struct ring_op *op = &slot->op[from / CHUNKMAP_CHUNK];

	if (zero) {
		if (queue_put_zero(landing->queue, offset, to - from, &why) < 0)
			landing_fail(landing, why);
		return;
	}
	*op = (struct ring_op){
		.offset = offset,
		.length = to - from,
		.write = true,
		.buf = (char *)slot->request.buf + from,
		.done = written,
		.owner = slot,
	};
	slot->writes++;
	ring_start(landing->ring, op);
}

/* The source's sector 0 is kept, never written.  Returns its length. */
static uint32_t keep_sector0(struct slot *slot)
{
	struct pass *pass = slot->landing->pass;
	uint32_t length = pass->target->logical_block;

	memcpy(pass->sector0, slot->request.buf, length);
	landing_finish(slot->landing, 0, length);
	return length;
}

static int learn(struct slot *slot, uint32_t at)
{
	struct pass *pass = slot->landing->pass;
	const struct request *request = &slot->request;
	uint64_t offset = request->offset + at;
	uint64_t index = offset / CHUNKMAP_CHUNK;
	struct error *why = NULL;
	int zero;

	if (offset % CHUNKMAP_CHUNK ||
	    request->length - at < chunkmap_length(pass->map, index)) {
		chunkmap_forget(pass->map, index, 1);
		return 0;
	}
	zero = chunkmap_put(pass->map, index, (char *)request->buf + at, &why);
	if (zero < 0)
		landing_fail(slot->landing, why);
	return zero > 0;
}

int landing_learn(struct slot *slot)
{
	struct pass *pass = slot->landing->pass;
	const struct request *request = &slot->request;
	int zero = learn(slot, 0);

	if (slot->announced &&
	    !chunkmap_is(pass->map, request->offset / CHUNKMAP_CHUNK,
			 slot->hash))
		atomic_fetch_add(&pass->progress->unsettled, request->length);
	return zero;
}

/* A piece is in memory, still hot: look at every chunk, join equals. */
void landing_put(struct slot *slot)
{
	struct request *request = &slot->request;
	uint32_t from = 0;
	int was = -1;

	slot->state = SLOT_WRITING;
	slot->writes = 1;
	for (uint32_t at = 0; at < request->length; at += CHUNKMAP_CHUNK) {
		int zero =
			slot->announced ? landing_learn(slot) : learn(slot, at);

		if (was >= 0 && zero != was) {
			put_run(slot, from, at, was);
			from = at;
		} else if (was < 0 && !request->offset) {
			from = keep_sector0(slot);
		}
		was = zero;
	}
	if (from < request->length)
		put_run(slot, from, request->length, was > 0);
	release(slot);
}
