/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread's part of a hash round: hashes of the source's chunks are asked
 * for, and what is not as the map says is brought over: whole where the map
 * knows nothing, else only the blocks that differ.  It believes a
 * hash only as far as it saves work: what comes over is hashed here again.
 */
#include "copy/round.h"

#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "copy/agenda.h"
#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/pass.h"
#include "copy/patch.h"
#include "copy/queue.h"
#include "copy/worker.h"

enum verdict { SAME, ZERO, OTHER };

static enum verdict judge(const struct pass *pass, uint64_t index,
			  const uint8_t hash[16])
{
	if (chunkmap_is(pass->map, index, hash))
		return SAME;
	return io_is_zero(hash, 16) ? ZERO : OTHER;
}

static void put(struct worker *worker, enum verdict verdict,
		const struct agenda_chunk *run)
{
	struct queue *queue = worker->landing.queue;
	struct error *why = NULL;
	int r = 0;

	if (verdict == SAME)
		landing_finish(&worker->landing, run->offset, run->length);
	else if (verdict == ZERO)
		r = queue_put_zero(queue, run->offset, run->length, &why);
	else
		r = agenda_put_chunk(worker->crew->agenda, run, &why);
	if (r < 0)
		landing_fail(&worker->landing, why);
}

/* What is known to be different, as far as its hash alone tells. */
static void count(struct pass *pass, enum verdict verdict, uint64_t index)
{
	if (verdict == ZERO &&
	    chunkmap_state(pass->map, index) == CHUNKMAP_DATA)
		atomic_fetch_add(&pass->progress->differing,
				 chunkmap_length(pass->map, index));
}

/* Equal neighbours together, but for those that come over. */
static void sort_out(struct worker *worker, const struct hashing *hashing)
{
	struct pass *pass = worker->landing.pass;
	struct agenda_chunk run = {.offset = hashing->offset};
	enum verdict was = SAME;
	bool any = false;

	for (uint64_t at = 0; at < hashing->length; at += CHUNKMAP_CHUNK) {
		uint64_t index = (hashing->offset + at) / CHUNKMAP_CHUNK;
		const uint8_t *hash = hashing->hash[at / CHUNKMAP_CHUNK];
		enum verdict now = judge(pass, index, hash);

		count(pass, now, index);
		if (run.length && (now != was || now == OTHER)) {
			put(worker, was, &run);
			run.offset += run.length;
			run.length = 0;
		}
		run.length += chunkmap_length(pass->map, index);
		memcpy(run.hash, hash, sizeof(run.hash));
		was = now;
		any = any || now == OTHER;
	}
	put(worker, was, &run);
	if (any)
		queue_wake(worker->landing.queue);
}

static void answered(struct hashing *hashing)
{
	struct round_window *window = (struct round_window *)hashing;
	struct worker *worker = hashing->owner;
	struct error *why = NULL;

	window->busy = false;
	worker->round.busy--;
	line_heard(&worker->line);
	if (hashing->result == 0) {
		atomic_fetch_add(&worker->landing.pass->progress->compared,
				 hashing->length);
		sort_out(worker, hashing);
		return;
	}
	/* Some place in it can't be read: reading finds it. */
	if (queue_give_back(worker->landing.queue, hashing->offset,
			    hashing->length, &why) < 0)
		landing_fail(&worker->landing, why);
}

void round_begin(struct worker *worker)
{
	for (unsigned int i = 0; i < ROUND_WINDOWS; i++) {
		struct hashing *hashing = &worker->round.window[i].hashing;

		hashing->seed = chunkmap_seed(worker->landing.pass->map);
		hashing->done = answered;
		hashing->owner = worker;
	}
}

/* Nothing to compare with: all of it is needed. */
static bool is_unknown(const struct chunkmap *map, const struct extent *window)
{
	uint64_t end = window->offset + window->length;

	for (uint64_t at = window->offset; at < end; at += CHUNKMAP_CHUNK)
		if (chunkmap_state(map, at / CHUNKMAP_CHUNK) !=
		    CHUNKMAP_UNKNOWN)
			return false;
	return true;
}

void round_ask(struct worker *worker)
{
	struct round *round = &worker->round;

	for (unsigned int i = 0; i < ROUND_WINDOWS; i++) {
		struct round_window *window = &round->window[i];
		struct error *why = NULL;
		struct extent range;

		if (window->busy)
			continue;
		if (worker->line.lost || worker->landing.error ||
		    !agenda_take_window(worker->crew->agenda, &range))
			return;
		if (is_unknown(worker->landing.pass->map, &range)) {
			if (queue_give_back(worker->landing.queue, range.offset,
					    range.length, &why) < 0)
				landing_fail(&worker->landing, why);
			continue;
		}
		window->hashing.offset = range.offset;
		window->hashing.length = range.length;
		window->busy = true;
		worker_owe(worker);
		round->busy++;
		(void)source_reader_hash(worker->line.reader, &window->hashing,
					 &worker->line.lost);
	}
}

bool round_take(struct worker *worker, struct slot *slot)
{
	const struct chunkmap *map = worker->landing.pass->map;
	struct request *request = &slot->request;
	struct agenda_chunk chunk;

	if (!agenda_take_chunk(worker->crew->agenda, &chunk))
		return false;
	slot->announced = true;
	memcpy(slot->hash, chunk.hash, sizeof(slot->hash));
	request->offset = chunk.offset;
	request->length = chunk.length;
	request->seed = chunkmap_seed(map);
	request->subhash = NULL;
	switch (chunkmap_state(map, chunk.offset / CHUNKMAP_CHUNK)) {
	case CHUNKMAP_DATA:
		patch_learn(slot);
		break;
	case CHUNKMAP_ZERO:
		patch_learn_zero(slot);
		break;
	case CHUNKMAP_UNKNOWN:
		if (worker_may_read(worker, chunk.length))
			worker_read(worker, slot);
		else
			slot->state = SLOT_LEARNED;
		break;
	}
	return true;
}

void round_go_on(struct worker *worker)
{
	for (size_t i = 0; i < worker->slots && !worker->line.lost; i++) {
		struct slot *slot = &worker->slot[i];

		if (slot->state != SLOT_LEARNED)
			continue;
		if (!worker_may_read(worker, slot->request.length))
			return;
		worker_read(worker, slot);
	}
}

void round_give_back(struct worker *worker)
{
	struct round *round = &worker->round;
	struct error *why = NULL;

	for (unsigned int i = 0; i < ROUND_WINDOWS; i++) {
		struct round_window *window = &round->window[i];
		struct extent range = {window->hashing.offset,
				       window->hashing.length};

		if (!window->busy)
			continue;
		window->busy = false;
		if (agenda_put_window(worker->crew->agenda, &range, &why) < 0) {
			landing_fail(&worker->landing, why);
			why = NULL;
		}
	}
	round->busy = 0;
	queue_wake(worker->landing.queue);
}
