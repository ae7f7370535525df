/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chunk of which a few blocks have changed: the target's own bytes are read,
 * the source is told their hashes, and what it answers is written where it
 * differs.  It refuses to write sector 0.
 */
#include "copy/patch.h"

#include <string.h>
#include <xxhash.h>

#include "base/error.h"
#include "copy/landing.h"
#include "copy/pass.h"
#include "copy/queue.h"
#include "disk/target.h"

static void fail(struct slot *slot, const struct ring_op *op)
{
	const struct target *target = slot->landing->pass->target;
	struct error *why = NULL;

	(void)error_set(&why, ERROR_TARGET, -op->result,
			"%s %u bytes of '%s' at %llu",
			op->write ? "write" : "read", op->length, target->path,
			(unsigned long long)op->offset);
	landing_fail(slot->landing, why);
}

static void note_old(struct slot *slot)
{
	struct request *request = &slot->request;
	const char *data = request->buf;

	for (uint32_t at = 0; at < request->length; at += SOURCE_BLOCK) {
		uint32_t left = request->length - at;

		slot->subhash[at / SOURCE_BLOCK] = XXH3_64bits_withSeed(
			data + at, left < SOURCE_BLOCK ? left : SOURCE_BLOCK,
			request->seed);
	}
	request->subhash = slot->subhash;
	slot->state = SLOT_LEARNED;
}

static void learned(struct ring_op *op)
{
	struct slot *slot = op->owner;
	struct pass *pass = slot->landing->pass;

	if (op->result < 0) {
		fail(slot, op);
		return;
	}
	if (op->offset == 0)
		memcpy(op->buf, pass->sector0, pass->target->logical_block);
	note_old(slot);
}

void patch_learn_zero(struct slot *slot)
{
	memset(slot->request.buf, 0, slot->request.length);
	note_old(slot);
}

void patch_learn(struct slot *slot)
{
	struct request *request = &slot->request;

	slot->state = SLOT_LEARNING;
	slot->op[0] = (struct ring_op){.offset = request->offset,
				       .length = request->length,
				       .buf = request->buf,
				       .done = learned,
				       .owner = slot};
	ring_start(slot->landing->ring, &slot->op[0]);
}

static void release(struct slot *slot)
{
	const struct request *request = &slot->request;

	if (--slot->writes)
		return;
	landing_finish(slot->landing, request->offset, request->length);
	slot->state = SLOT_FREE;
}

static void written(struct ring_op *op)
{
	struct slot *slot = op->owner;

	if (op->result < 0)
		fail(slot, op);
	else
		atomic_fetch_add(&slot->landing->pass->progress->written,
				 op->length);
	release(slot);
}

/* The target may have larger blocks than those that were compared. */
static void write_run(struct slot *slot, uint32_t from, uint32_t to)
{
	const struct request *request = &slot->request;
	struct pass *pass = slot->landing->pass;
	uint32_t block = pass->target->logical_block;
	struct ring_op *op = &slot->op[from / SOURCE_BLOCK];

	if (request->offset + from == 0) {
		memcpy(pass->sector0, request->buf, block);
		from = block;
	}
	if (to > request->length)
		to = request->length;
	if (from >= to)
		return;
	*op = (struct ring_op){.offset = request->offset + from,
			       .length = to - from,
			       .write = true,
			       .buf = (char *)request->buf + from,
			       .done = written,
			       .owner = slot};
	slot->writes++;
	ring_start(slot->landing->ring, op);
}

/* Whether a block of the target's, of one or more compared ones, changed. */
static bool is_changed(const struct slot *slot, uint32_t at, uint32_t step)
{
	for (uint32_t i = at; i < at + step; i += SOURCE_BLOCK)
		if (slot->request.changed >> i / SOURCE_BLOCK & 1)
			return true;
	return false;
}

uint64_t patch_changed(const struct request *request)
{
	uint64_t sum = 0;

	for (uint32_t at = 0; at < request->length; at += SOURCE_BLOCK) {
		uint32_t left = request->length - at;

		if (request->changed >> at / SOURCE_BLOCK & 1)
			sum += left < SOURCE_BLOCK ? left : SOURCE_BLOCK;
	}
	return sum;
}

void patch_put(struct slot *slot)
{
	struct pass *pass = slot->landing->pass;
	const struct request *request = &slot->request;
	uint32_t block = pass->target->logical_block;
	uint32_t step = block > SOURCE_BLOCK ? block : SOURCE_BLOCK;
	uint64_t changed = patch_changed(request);
	uint32_t from = 0;
	bool inside = false;

	slot->state = SLOT_WRITING;
	slot->writes = 1;
	atomic_fetch_add(&pass->progress->moved, changed);
	atomic_fetch_add(&pass->progress->data, changed);
	atomic_fetch_add(&pass->progress->received, changed);
	atomic_fetch_add(&pass->progress->differing, changed);
	landing_learn(slot);
	for (uint32_t at = 0; at < request->length; at += step) {
		bool now = is_changed(slot, at, step);

		if (now && !inside)
			from = at;
		if (!now && inside)
			write_run(slot, from, at);
		inside = now;
	}
	if (inside)
		write_run(slot, from, request->length);
	release(slot);
}
