/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_WORKER_H
#define LANDER_COPY_WORKER_H

#include <stddef.h>

#include "copy/landing.h"
#include "copy/line.h"
#include "copy/round.h"
#include "copy/throttle.h"

/** Bytes of buffers that one worker has. */
#define WORKER_POOL ((size_t)8 * 1048576)

/** One thread of a pass. */
struct worker {
	struct crew *crew;
	struct landing landing;
	struct line line;
	unsigned int number;
	void *pool;
	struct slot *slot;
	size_t slots;
	uint32_t piece;	   /* bytes of a slot's buffer */
	struct extent run; /* what is left of it to ask for */
	struct inquiry inquiry;
	bool asking;
	struct round round;
	unsigned int reading; /* slots */
	struct throttle_turn turn;
	unsigned int wait_ms; /* when to look again at the latest */
};

/** worker_main(member): the thread that brings runs of the crew's queue over,
 *  and in a hash round what its agenda says, until the queue is complete or the
 *  crew stops.  Always NULL. */
void *worker_main(void *member);

/** worker_read(worker, slot): its request to the source.
 *  worker_owe(worker): the source will owe something more from now on. */
void worker_read(struct worker *worker, struct slot *slot);
void worker_owe(struct worker *worker);

/** worker_may_read(worker, bytes): the pass's throttle lets so much through
 *  now; else the worker will look again in time. */
bool worker_may_read(struct worker *worker, uint64_t bytes);

#endif
