/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a source machine answers and how fast its disks come over the line:
 * asked and read with the copy's own requests over the copy's own connection.
 * It reads little and stops soon; it writes nothing anywhere.
 */
#include "source/gauge.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/io.h"
#include "source/reading.h"
#include "source/remote.h"

#define PIECE	    WIRE_READ_MAX
#define STRETCH	    ((uint64_t)8 << 20) /* read in one place */
#define ALIGN	    ((uint64_t)1 << 20)
#define AT_ONCE	    32U
#define AT_FIRST    2U
#define GRAIN	    4096U /* zeroes are told apart by */
#define DRAIN_S	    12.0  /* for what is under way at the end */
#define POLL_MS	    100
#define GOLDEN_STEP 0.6180339887498949
#define HASH_SHIFT  0.3

static int by_value(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

/* HELLO may be said again; nothing is shorter. */
int gauge_round_trip(struct remote *remote, struct gauge *gauge,
		     struct error **err)
{
	double end = io_seconds() + GAUGE_ASK_S;
	double took[GAUGE_ASKS];
	int r = 0;

	gauge->asked = 0;
	do {
		double began = io_seconds();

		r = remote_greet(remote, began + DRAIN_S, err);
		if (r < 0)
			return r;
		took[gauge->asked++] = io_seconds() - began;
	} while (gauge->asked < GAUGE_ASKS && io_seconds() < end);
	qsort(took, gauge->asked, sizeof(*took), by_value);
	gauge->round_trip = took[gauge->asked / 2];
	return 0;
}

/* Reads, which bring data, or questions about hashes, which only cost the
 * source's disks their reading. */
struct run {
	const struct gauge_work *work;
	struct gauge *gauge;
	bool hashing;
	struct reading reading;
	struct request request[AT_ONCE];
	struct hashing hash[SOURCE_HASHINGS];
	bool busy[AT_ONCE];
	unsigned int under_way;
	unsigned int at_once;
	unsigned int most; /* at once */
	uint8_t *buf;
	size_t stretch;	  /* its number */
	uint64_t next;	  /* where its next piece begins */
	uint64_t end;	  /* of it */
	size_t disk;	  /* whose it is */
	uint64_t ordered; /* bytes */
	double began;
};

static void count_data(struct gauge *gauge, const struct request *request)
{
	const uint8_t *at = request->buf;

	for (uint32_t i = 0; i < request->length; i += GRAIN) {
		uint32_t left = request->length - i;
		uint32_t length = left < GRAIN ? left : GRAIN;

		if (!io_is_zero(at + i, length))
			gauge->data += length;
	}
}

static void finish(struct run *run, size_t index)
{
	run->busy[index] = false;
	run->under_way--;
	/* Twice as many per round trip, so that a slow line is not choked. */
	if (run->at_once < run->most)
		run->at_once++;
}

static void note_read(struct request *request)
{
	struct run *run = request->owner;
	struct gauge *gauge = run->gauge;

	finish(run, (size_t)(request - run->request));
	gauge->seconds = io_seconds() - run->began;
	if (request->result < 0) {
		gauge->failed += request->length;
		return;
	}
	gauge->read += request->length;
	count_data(gauge, request);
}

static void note_hash(struct hashing *hashing)
{
	struct run *run = hashing->owner;

	finish(run, (size_t)(hashing - run->hash));
	run->gauge->hash_seconds = io_seconds() - run->began;
	if (hashing->result < 0)
		run->gauge->failed += hashing->length;
	else
		run->gauge->hashed += hashing->length;
}

/* The next place: the golden section spreads any number of them evenly, hashes
 * between the reads.  False when each disk has been read about once. */
static bool next_stretch(struct run *run)
{
	const struct gauge_work *work = run->work;

	for (size_t tried = 0; tried < work->disks; tried++) {
		size_t number = run->stretch++;
		const struct gauge_disk *disk =
			&work->disk[number % work->disks];
		size_t turn = number / work->disks;
		double part = (double)turn * GOLDEN_STEP +
			      (run->hashing ? HASH_SHIFT : 0);
		uint64_t length = disk->size < STRETCH ? disk->size : STRETCH;

		if (turn > disk->size / STRETCH)
			continue;
		part -= (double)(uint64_t)part;
		run->disk = number % work->disks;
		run->next = (uint64_t)(part * (double)(disk->size - length)) /
			    ALIGN * ALIGN;
		run->end = run->next + length;
		return true;
	}
	return false;
}

static bool is_enough(const struct run *run)
{
	double limit = run->hashing ? GAUGE_HASH_S : GAUGE_READ_S;

	return io_seconds() - run->began > limit ||
	       run->ordered >= GAUGE_READ ||
	       (!run->hashing && run->gauge->data >= GAUGE_DATA) ||
	       (run->work->stop && atomic_load(run->work->stop));
}

static unsigned int take_free(struct run *run)
{
	unsigned int i = 0;

	while (run->busy[i])
		i++;
	run->busy[i] = true;
	run->under_way++;
	return i;
}

static uint64_t take_piece(struct run *run, uint64_t most)
{
	uint64_t left = run->end - run->next;
	uint64_t length = left < most ? left : most;

	run->next += length;
	run->ordered += length;
	run->reading.disk = run->work->disk[run->disk].number;
	return length;
}

static int order_read(struct run *run, struct error **err)
{
	unsigned int i = take_free(run);
	struct request *request = &run->request[i];

	request->offset = run->next;
	request->length = (uint32_t)take_piece(run, PIECE);
	request->buf = run->buf + (size_t)i * PIECE;
	request->done = note_read;
	request->owner = run;
	return reading_read(&run->reading, request, err);
}

static int order_hash(struct run *run, struct error **err)
{
	struct hashing *hashing = &run->hash[take_free(run)];

	hashing->offset = run->next;
	hashing->length = take_piece(run, SOURCE_HASH_MAX);
	hashing->done = note_hash;
	hashing->owner = run;
	return reading_hash(&run->reading, hashing, err);
}

/* 1: there is nothing more to read. */
static int order_piece(struct run *run, struct error **err)
{
	if (run->next == run->end && !next_stretch(run))
		return 1;
	return run->hashing ? order_hash(run, err) : order_read(run, err);
}

static int wait_some(struct run *run, double end, struct error **err)
{
	struct remote *remote = run->work->remote;
	struct pollfd fd;

	if (io_seconds() > end)
		return error_set(err, ERROR_NETWORK, ETIMEDOUT,
				 "%s: what was asked for did not come",
				 remote->name);
	remote_want(remote, &fd);
	(void)poll(&fd, 1, POLL_MS);
	return remote_pump(remote, err);
}

static int run_all(struct run *run, struct error **err)
{
	double end = run->began + GAUGE_READ_S + DRAIN_S;
	bool ordering = true;
	int r = 0;

	while (r == 0 && (ordering || run->under_way)) {
		ordering = ordering && !is_enough(run);
		while (r == 0 && ordering && run->under_way < run->at_once) {
			r = order_piece(run, err);
			if (r > 0) {
				ordering = false;
				r = 0;
			}
		}
		if (r == 0 && run->under_way)
			r = wait_some(run, end, err);
	}
	return r;
}

static int measure(const struct gauge_work *work, struct gauge *gauge,
		   bool hashing, struct error **err)
{
	struct run *run = calloc(1, sizeof(*run));
	int r = 0;

	if (!run)
		return error_memory(err);
	run->work = work;
	run->gauge = gauge;
	run->hashing = hashing;
	run->at_once = AT_FIRST;
	run->most = hashing ? SOURCE_HASHINGS : AT_ONCE;
	run->began = io_seconds();
	if (!hashing) {
		run->buf = aligned_alloc(GRAIN, (size_t)AT_ONCE * PIECE);
		if (!run->buf)
			r = error_memory(err);
	}
	reading_begin(&run->reading, work->remote, 0, PACKING_NEVER);
	if (r == 0 && work->disks)
		r = run_all(run, err);
	/* Nothing may be put into what is given back here. */
	remote_events(work->remote, NULL, NULL);
	reading_done(&run->reading);
	free(run->buf);
	free(run);
	return r;
}

int gauge_reading(const struct gauge_work *work, struct gauge *gauge,
		  struct error **err)
{
	return measure(work, gauge, false, err);
}

int gauge_hashing(const struct gauge_work *work, struct gauge *gauge,
		  struct error **err)
{
	return measure(work, gauge, true, err);
}
