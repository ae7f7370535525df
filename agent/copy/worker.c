/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread of a full pass: its own connection, its own ring, one loop that
 * waits for both.  A piece is read into a slot, hashed and tested for zeroes
 * while it is in the cache, and written from the same memory.  A connection
 * that fails is replaced; what it owed goes back to the queue.  It refuses to
 * write sector 0.
 */
#include "copy/worker.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "copy/chunkmap.h"
#include "copy/crew.h"
#include "copy/landing.h"
#include "copy/pass.h"
#include "copy/queue.h"
#include "copy/ring.h"
#include "disk/target.h"
#include "source/source.h"

#define SLOTS	  (WORKER_POOL / LANDING_PIECE)
#define ALIGNMENT 4096 /* of O_DIRECT memory */

#define BACKOFF_FIRST_S 0.5
#define BACKOFF_LAST_S	15.0
#define SILENCE_S	60.0 /* an answer takes longer: lost */
#define RING_DEPTH	(SLOTS * LANDING_RUNS)
#define TRIES		3 /* reads of a place that the source refuses */

struct worker {
	struct crew *crew;
	struct landing landing;
	unsigned int number;
	void *pool;
	struct slot slot[SLOTS];
	struct source_reader *reader; /* NULL: not connected */
	bool was_connected;
	bool silent;	   /* no data since it connected */
	struct extent run; /* what is left of it to ask for */
	struct inquiry inquiry;
	bool asking;
	unsigned int reading; /* slots */
	double heard;	      /* when the source last did something */
	double retry;	      /* when to connect again */
	double backoff;
	struct error *lost; /* of the connection */
};

/* Data came: only that ends an absence. */
static void heard(struct worker *worker)
{
	if (worker->silent)
		crew_heard(worker->crew);
	worker->silent = false;
	worker->backoff = BACKOFF_FIRST_S;
}

static void received(struct request *request)
{
	struct slot *slot = request->owner;
	struct worker *worker = slot->owner;

	if (request->result < 0) {
		slot->state = SLOT_FAILED;
		return;
	}
	worker->reading--;

	atomic_fetch_add(&worker->landing.pass->progress->received,
			 request->length);
	heard(worker);
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
	heard(worker);
	if (queue_answer(worker->landing.queue, covered, &inquiry->data, &why) <
	    0)
		landing_fail(&worker->landing, why);
}

static void start_inquiry(struct worker *worker)
{
	struct extent range;

	if (worker->asking || !queue_ask(worker->landing.queue, &range))
		return;
	worker->inquiry.offset = range.offset;
	worker->inquiry.length = range.length;
	worker->asking = true;
	(void)source_reader_inquire(worker->reader, &worker->inquiry,
				    &worker->lost);
}

/* Pieces end on their own grid, so that a place keeps its name. */
static void start_reads(struct worker *worker)
{
	for (size_t i = 0; i < SLOTS && !worker->lost; i++) {
		struct slot *slot = &worker->slot[i];
		uint64_t length;

		if (slot->state != SLOT_FREE)
			continue;
		if (!worker->run.length &&
		    !queue_take(worker->landing.queue, &worker->run))
			return;
		length = LANDING_PIECE - worker->run.offset % LANDING_PIECE;
		if (length > worker->run.length)
			length = worker->run.length;
		slot->state = SLOT_READING;
		slot->request.offset = worker->run.offset;
		slot->request.length = (uint32_t)length;
		worker->run.offset += length;
		worker->run.length -= length;
		if (worker->reading++ == 0)
			worker->heard = io_seconds();
		(void)source_reader_read(worker->reader, &slot->request,
					 &worker->lost);
	}
}

/* Whether the source gave an error for some piece; a few are forgiven, on a
 * new connection each. */
static void check_failures(struct worker *worker)
{

	for (size_t i = 0; i < SLOTS; i++) {
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
		    queue_failed(worker->landing.queue, request->offset) >=
			    TRIES) {
			landing_fail(&worker->landing, why);
			why = NULL;
		} else if (!worker->lost) {
			worker->lost = why;
			why = NULL;
		}
		error_free(why);
	}
}

/* The connection is no good: everything it owes goes back. */
static void drop(struct worker *worker)
{
	struct error *why = NULL;
	int r = queue_give_back(worker->landing.queue, worker->run.offset,
				worker->run.length, &why);

	source_reader_close(worker->reader);
	worker->reader = NULL;
	worker->run.length = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &worker->slot[i];

		if (slot->state != SLOT_READING && slot->state != SLOT_FAILED)
			continue;
		slot->state = SLOT_FREE;
		atomic_fetch_add(&worker->landing.pass->progress->resent,
				 slot->request.length);
		if (r == 0)
			r = queue_give_back(worker->landing.queue,
					    slot->request.offset,
					    slot->request.length, &why);
	}
	if (r < 0)
		landing_fail(&worker->landing, why);
	if (worker->asking)
		queue_unask(worker->landing.queue);
	worker->asking = false;
	worker->reading = 0;
	crew_lost(worker->crew);
	/* A server that lets us in and never delivers is as good as away. */
	if (crew_away(worker->crew) >
	    worker->landing.pass->reconnect_s + worker->backoff) {
		landing_fail(&worker->landing, worker->lost);
		worker->lost = NULL;
		return;
	}
	worker->retry = io_seconds() + worker->backoff;
	log_info("copy", "%s; connecting again", worker->lost->msg);
	error_clear(&worker->lost);
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

	if (worker->reader)
		source_reader_want(worker->reader, &fd[2]);
	if (poll(fd, 3, timeout_ms) < 0)
		return;
	if (fd[1].revents)
		(void)eventfd_read(fd[1].fd, &value);
	if (fd[2].revents) {
		worker->heard = io_seconds();
		(void)source_reader_run(worker->reader, fd[2].revents,
					&worker->lost);
	}
	if (!worker->landing.error)
		(void)ring_reap(worker->landing.ring, false,
				&worker->landing.error);
}

static void connect_again(struct worker *worker)
{
	struct pass *pass = worker->landing.pass;
	struct error *why = NULL;
	double left = worker->retry - io_seconds();

	if (left > 0) {
		wait(worker, (int)(left * 1000) + 1);
		return;
	}
	if (source_reader_open(pass->source, &worker->crew->stop,
			       &worker->reader, &why) == 0) {
		crew_connected(worker->crew);
		worker->heard = io_seconds();
		if (worker->was_connected)
			atomic_fetch_add(&pass->progress->reconnects, 1);
		worker->was_connected = true;
		worker->silent = true;
		return;
	}
	worker->reader = NULL;
	if (crew_away(worker->crew) > 0)
		atomic_store(&pass->progress->waiting, true);
	if (why->code == ESTALE || why->code == EKEYREJECTED ||
	    why->kind == ERROR_INTERNAL || why->kind == ERROR_CONFIG ||
	    crew_away(worker->crew) > pass->reconnect_s) {
		landing_fail(&worker->landing, why);
		return;
	}
	log_debug("copy", "%s; waiting for it", why->msg);
	error_free(why);
	worker->retry = io_seconds() + worker->backoff;
	worker->backoff *= 2;
	if (worker->backoff > BACKOFF_LAST_S)
		worker->backoff = BACKOFF_LAST_S;
}

/* One turn of the loop.  Trouble is looked at after every step. */
static void turn(struct worker *worker)
{
	struct landing *landing = &worker->landing;

	if (!worker->reader) {
		connect_again(worker);
		return;
	}
	start_inquiry(worker);
	if (!worker->lost)
		start_reads(worker);
	if (!landing->error)
		(void)ring_submit(landing->ring, &landing->error);
	if (!worker->lost && !landing->error)
		wait(worker, 1000);
	if (!worker->lost && (worker->reading || worker->asking) &&
	    io_seconds() - worker->heard > SILENCE_S)
		(void)error_set(&worker->lost, ERROR_NETWORK, ETIMEDOUT,
				"no answer from %s for %.0f s",
				landing->pass->source->name, SILENCE_S);
	check_failures(worker);
	if (worker->lost && !landing->error)
		drop(worker);
}

static int prepare(struct worker *worker, struct error **err)
{
	struct landing *landing = &worker->landing;
	int r;

	worker->pool = aligned_alloc(ALIGNMENT, WORKER_POOL);
	if (!worker->pool)
		return error_memory(err);
	r = ring_new(landing->pass->target, RING_DEPTH, worker->pool,
		     WORKER_POOL, &landing->ring, err);
	worker->backoff = BACKOFF_FIRST_S;
	worker->inquiry.done = answered;
	worker->inquiry.owner = worker;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &worker->slot[i];

		slot->landing = landing;
		slot->owner = worker;
		slot->request.buf = (char *)worker->pool + i * LANDING_PIECE;
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
	source_reader_close(worker->reader);
	ring_free(worker->landing.ring);
	extents_done(&worker->inquiry.data);
	if (worker->landing.error)
		crew_fail(crew, worker->landing.error);
	error_free(worker->lost);
	free(worker->pool);
	free(worker);
	free(member);
	return NULL;
}
