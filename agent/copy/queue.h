/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_QUEUE_H
#define LANDER_COPY_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/extent.h"

struct error;

/**
 * What is still to be brought over: handed out from the front to the back, so
 * that a watermark follows close behind.  Block status is asked for ahead of
 * the reads.  Thread-safe.
 *
 *   0 ......... watermark ... runs on their way ... mapped ............ size
 *   all durable after a flush   |   zeroes waiting   |   not asked about yet
 */
struct queue;

/** queue_new(start, size, ask, threads, ret, err): bring [start, size) over
 *  (and the first chunk); ask: the source knows its holes. */
int queue_new(uint64_t start, uint64_t size, bool ask, unsigned int threads,
	      struct queue **ret_queue, struct error **err);

/** queue_new_round(all, data, threads, ret, err): of a round: all is to be
 *  finished, data of it (or none, NULL) is to be read; nothing is asked. */
int queue_new_round(const struct extents *all, const struct extents *data,
		    unsigned int threads, struct queue **ret_queue,
		    struct error **err);
void queue_free(struct queue *queue);

/** queue_take(queue, ret): a run of data to read, a few MiB.  False when there
 *  is none now: wait for queue_wake_fd() or queue_complete(). */
bool queue_take(struct queue *queue, struct extent *ret_run);

/** queue_finish(queue, offset, length, err): written. */
int queue_finish(struct queue *queue, uint64_t offset, uint64_t length,
		 struct error **err);

/** queue_give_back(queue, offset, length, err): taken but not read. */
int queue_give_back(struct queue *queue, uint64_t offset, uint64_t length,
		    struct error **err);

/**
 * queue_ask(queue, ret): the range whose block status this thread shall ask
 * for now; false when there is none or another thread asks.  Then either
 * queue_answer(queue, covered, data, err): [offset, covered) was answered,
 * data is what may not be zero there; or queue_unask(queue): not answered.
 */
bool queue_ask(struct queue *queue, struct extent *ret_range);
int queue_answer(struct queue *queue, uint64_t covered,
		 const struct extents *data, struct error **err);
void queue_unask(struct queue *queue);

/** queue_put_zero(queue, offset, length, err): to be made zero, and then to
 *  be finished, by whoever calls queue_take_zero(). */
int queue_put_zero(struct queue *queue, uint64_t offset, uint64_t length,
		   struct error **err);

/** queue_take_zero(queue, timeout_ms, ret): wait until there is a good lot of
 *  zeroing, or timeout_ms; ret receives all of it, perhaps nothing. */
void queue_take_zero(struct queue *queue, unsigned int timeout_ms,
		     struct extents *ret_zero);

/** queue_watermark(queue): everything below is finished, bytes. */
uint64_t queue_watermark(struct queue *queue);

/** queue_left(queue): bytes that are not finished. */
uint64_t queue_left(struct queue *queue);

/** queue_unfinished(queue): when its threads have ended, what they left. */
const struct extents *queue_unfinished(const struct queue *queue);

/** queue_complete(queue): all of it is finished. */
bool queue_complete(struct queue *queue);

/** queue_wake_fd(queue, thread): readable after something changed that a
 *  thread without work waits for; reset with eventfd_read(3). */
int queue_wake_fd(const struct queue *queue, unsigned int thread);

/** queue_wake(queue): wake all threads, and queue_take_zero(). */
void queue_wake(struct queue *queue);

#endif
