/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread of a pass: its own connection, its own ring, one loop that waits
 * for both.  A piece is read into a slot, hashed and tested for zeroes while it
 * is in the cache, and written from the same memory.  What a lost connection
 * owed goes back to the queue.  It refuses to write sector 0.
 */
#include "copy/worker.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "copy/agenda.h"
#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/pass.h"
#include "copy/patch.h"
#include "copy/queue.h"
#include "copy/ring.h"
#include "copy/throttle.h"
#include "disk/target.h"
#include "source/source.h"

#define ALIGNMENT  4096 /* of O_DIRECT memory */
#define RING_DEPTH 256U
#define TRIES	   3 /* reads of a place that the source refuses */
#define IDLE_MS	   1000U
#define PAUSED_MS  250U

/* What of it did not come takes nobody's time on the line. */
static uint64_t bytes_missing(const struct request *request)
{
	uint64_t came = request->result < 0 ? 0 : request->data;

	if (request->result == 0 && request->subhash)
		came = patch_changed(request);
	return came < request->length ? request->length - came : 0;
}

static void received(struct request *request)
{
	struct slot *slot = request->owner;
	struct worker *worker = slot->owner;
	struct pass_progress *progress = worker->landing.pass->progress;

	throttle_return(worker->landing.pass->throttle, bytes_missing(request));
	if (request->result < 0) {
		slot->state = SLOT_FAILED;
		return;
	}
	worker->reading--;
	line_heard(&worker->line);
	if (request->subhash) {
		patch_put(slot);
		return;
	}
	atomic_fetch_add(&progress->moved, request->length);
	atomic_fetch_add(&progress->data, request->data);
	atomic_fetch_add(&progress->received, request->came);
	landing_put(slot);
}

static void answered(struct inquiry *inquiry)
{
	struct worker *worker = inquiry->owner;
	struct error *why = NULL;
	uint64_t covered = inquiry->covered;

	/* A server that can't tell: everything is data. */
	if (inquiry->result < 0)
		covered = 0;
	worker->asking = false;
	line_heard(&worker->line);
	if (queue_answer(worker->landing.queue, covered, &inquiry->data, &why) <
	    0)
		landing_fail(&worker->landing, why);
}

void worker_owe(struct worker *worker)
{
	if (!worker->reading && !worker->asking && !worker->round.busy)
		worker->line.heard = io_seconds();
}

static void start_inquiry(struct worker *worker)
{
	struct extent range;

	if (worker->asking || !queue_ask(worker->landing.queue, &range))
		return;
	worker->inquiry.offset = range.offset;
	worker->inquiry.length = range.length;
	worker_owe(worker);
	worker->asking = true;
	(void)source_reader_inquire(worker->line.reader, &worker->inquiry,
				    &worker->line.lost);
}

void worker_read(struct worker *worker, struct slot *slot)
{
	worker_owe(worker);
	slot->state = SLOT_READING;
	worker->reading++;
	(void)source_reader_read(worker->line.reader, &slot->request,
				 &worker->line.lost);
}

bool worker_may_read(struct worker *worker, uint64_t bytes)
{
	unsigned int ms = throttle_take(worker->landing.pass->throttle,
					&worker->turn, bytes);

	if (ms)
		worker->wait_ms = ms;
	return !ms;
}

/* Pieces end on their own grid, so that a place keeps its name. */
static bool take_piece(struct worker *worker, struct slot *slot)
{
	uint64_t length;

	if (!worker->run.length &&
	    !queue_take(worker->landing.queue, &worker->run))
		return false;
	length = worker->piece - worker->run.offset % worker->piece;
	if (length > worker->run.length)
		length = worker->run.length;
	if (!worker_may_read(worker, length))
		return false;
	slot->announced = false;
	slot->request.subhash = NULL;
	slot->request.offset = worker->run.offset;
	slot->request.length = (uint32_t)length;
	worker->run.offset += length;
	worker->run.length -= length;
	worker_read(worker, slot);
	return true;
}

static void start_reads(struct worker *worker)
{
	bool round = worker->crew->agenda;

	for (size_t i = 0; i < worker->slots && !worker->line.lost; i++) {
		struct slot *slot = &worker->slot[i];

		if (slot->state == SLOT_FREE &&
		    !(round && round_take(worker, slot)) &&
		    !take_piece(worker, slot))
			return;
	}
}

/* Whether the source gave an error for some piece; a few are forgiven, on a
 * new connection each. */
static void check_failures(struct worker *worker)
{
	for (size_t i = 0; i < worker->slots; i++) {
		struct request *request = &worker->slot[i].request;
		struct error *why = NULL;

		if (worker->slot[i].state != SLOT_FAILED)
			continue;
		(void)error_set(&why, ERROR_SOURCE, -request->result,
				"read %u bytes of %s at %llu", request->length,
				worker->landing.pass->source->name,
				(unsigned long long)request->offset);
		/* A server that shuts down says so; nothing is broken. */
		if (request->result != -ESHUTDOWN &&
		    crew_refused(worker->crew, request->offset) >= TRIES) {
			landing_fail(&worker->landing, why);
			why = NULL;
		} else if (!worker->line.lost) {
			worker->line.lost = why;
			why = NULL;
		}
		error_free(why);
	}
}

/* What a lost connection was asked for goes back to where it came from. */
static int give_back(struct worker *worker, struct slot *slot,
		     struct error **err)
{
	const struct request *request = &slot->request;
	struct agenda_chunk chunk = {request->offset, request->length, {0}};

	slot->state = SLOT_FREE;
	if (!request->subhash)
		atomic_fetch_add(&worker->landing.pass->progress->resent,
				 request->length);
	if (!slot->announced)
		return queue_give_back(worker->landing.queue, request->offset,
				       request->length, err);
	memcpy(chunk.hash, slot->hash, sizeof(chunk.hash));
	return agenda_put_chunk(worker->crew->agenda, &chunk, err);
}

/* The connection is no good. */
static void drop(struct worker *worker)
{
	struct error *fatal = NULL;
	struct error *why = NULL;
	int r = queue_give_back(worker->landing.queue, worker->run.offset,
				worker->run.length, &why);

	line_drop(&worker->line, &fatal);
	worker->run.length = 0;
	for (size_t i = 0; r == 0 && i < worker->slots; i++) {
		struct slot *slot = &worker->slot[i];

		if (slot->state == SLOT_READING || slot->state == SLOT_FAILED)
			r = give_back(worker, slot, &why);
	}
	if (r < 0)
		landing_fail(&worker->landing, why);
	if (worker->asking)
		queue_unask(worker->landing.queue);
	worker->asking = false;
	worker->reading = 0;
	if (worker->crew->agenda)
		round_give_back(worker);
	if (fatal)
		landing_fail(&worker->landing, fatal);
}

/* Sleeps until there is something to do and does it. */
static void wait(struct worker *worker, int timeout_ms)
{
	struct pollfd fd[3] = {
		{.fd = ring_fd(worker->landing.ring), .events = POLLIN},
		{.fd = queue_wake_fd(worker->landing.queue, worker->number),
		 .events = POLLIN},
		{.fd = -1},
	};
	eventfd_t value;

	if (worker->line.reader)
		source_reader_want(worker->line.reader, &fd[2]);
	if (poll(fd, 3, timeout_ms) < 0)
		return;
	if (fd[1].revents)
		(void)eventfd_read(fd[1].fd, &value);
	if (fd[2].revents) {
		worker->line.heard = io_seconds();
		(void)source_reader_run(worker->line.reader, fd[2].revents,
					&worker->line.lost);
	}
	if (!worker->landing.error)
		(void)ring_reap(worker->landing.ring, false,
				&worker->landing.error);
}

static void connect_again(struct worker *worker)
{
	struct error *fatal = NULL;
	int ms = line_wait_ms(&worker->line);

	if (ms > 0) {
		wait(worker, ms);
		return;
	}
	line_connect(&worker->line, &fatal);
	if (fatal)
		landing_fail(&worker->landing, fatal);
}

/* What may be asked for now. */
static void ask(struct worker *worker)
{
	if (worker->crew->agenda) {
		round_ask(worker);
		round_go_on(worker);
	} else {
		start_inquiry(worker);
	}
	if (!worker->line.lost)
		start_reads(worker);
}

/* One turn of the loop.  Trouble is looked at after every step. */
static void turn(struct worker *worker)
{
	struct landing *landing = &worker->landing;
	bool paused = throttle_paused(landing->pass->throttle);

	worker->wait_ms = paused ? PAUSED_MS : IDLE_MS;
	/* Connected or not: who is asked for nothing is not absent. */
	if (paused)
		crew_excuse(worker->crew);
	if (!worker->line.reader) {
		if (paused)
			wait(worker, (int)worker->wait_ms);
		else
			connect_again(worker);
		return;
	}
	if (!paused)
		ask(worker);
	if (!landing->error)
		(void)ring_submit(landing->ring, &landing->error);
	if (!worker->line.lost && !landing->error)
		wait(worker, (int)worker->wait_ms);
	if (!worker->line.lost &&
	    (worker->reading || worker->asking || worker->round.busy))
		line_watch(&worker->line);
	check_failures(worker);
	if (worker->line.lost && !landing->error)
		drop(worker);
}

static int prepare(struct worker *worker, struct error **err)
{
	struct landing *landing = &worker->landing;
	int r;

	worker->piece = worker->crew->piece;
	worker->slots = WORKER_POOL / worker->piece;
	worker->pool = aligned_alloc(ALIGNMENT, WORKER_POOL);
	worker->slot = calloc(worker->slots, sizeof(*worker->slot));
	if (!worker->pool || !worker->slot)
		return error_memory(err);
	r = ring_new(landing->pass->target, RING_DEPTH, worker->pool,
		     WORKER_POOL, &landing->ring, err);
	line_begin(&worker->line, worker->crew);
	round_begin(worker);
	worker->inquiry.done = answered;
	worker->inquiry.owner = worker;
	for (size_t i = 0; i < worker->slots; i++) {
		struct slot *slot = &worker->slot[i];

		slot->landing = landing;
		slot->owner = worker;
		slot->request.buf = (char *)worker->pool + i * worker->piece;
		slot->request.done = received;
		slot->request.owner = slot;
	}
	return r;
}

void *worker_main(void *argument)
{
	struct crew_member *member = argument;
	struct worker *worker = calloc(1, sizeof(*worker));
	struct crew *crew = member->crew;
	struct error *why = NULL;

	if (!worker) {
		(void)error_memory(&why);
		crew_fail(crew, why);
		free(member);
		return NULL;
	}
	worker->crew = crew;
	worker->number = member->number;
	worker->landing.pass = crew->pass;
	worker->landing.queue = crew->queue;
	if (prepare(worker, &why) < 0)
		landing_fail(&worker->landing, why);
	while (!worker->landing.error && !crew_stopped(crew) &&
	       !queue_complete(crew->queue))
		turn(worker);
	line_end(&worker->line);
	ring_free(worker->landing.ring);
	extents_done(&worker->inquiry.data);
	if (worker->landing.error)
		crew_fail(crew, worker->landing.error);
	free(worker->slot);
	free(worker->pool);
	free(worker);
	free(member);
	return NULL;
}
