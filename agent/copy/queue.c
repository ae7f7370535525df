/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of work of a pass.  Three sets of byte ranges under one lock: data
 * nobody has taken, zeroes nobody has made, and everything asked about that is
 * not finished, whose first byte is the watermark.  What a lost connection
 * leaves undone comes back into the first set, at its place.  It moves no
 * bytes itself.
 */
#include "copy/queue.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "copy/chunkmap.h"
#include "source/source.h"

/* A run goes to one connection: long enough that the server reads ahead,
 * short enough that the watermark stays near. */
#define RUN ((uint64_t)4 << 20)

/* The first question is small, so that reads start soon. */
#define ASK_FIRST ((uint64_t)128 << 20)
#define ASK	  SOURCE_INQUIRY_MAX

#define ZERO_LOT    ((uint64_t)64 << 20) /* worth waking up for */
#define ZERO_RANGES 4096		 /* more than that: reading waits */

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t zeroes; /* zero is worth taking, or all is done */
	uint64_t size;
	uint64_t mapped; /* block status is known below */
	bool asked;	 /* a question is on its way */
	struct extents data;
	struct extents zero;
	struct extents unfinished;
	unsigned int threads;
	int *wake; /* one eventfd a thread */
};

static int copy(const struct extents *from, struct extents *to,
		struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->count; i++)
		r = extents_add(to, from->range[i].offset,
				from->range[i].length, err);
	return r;
}

/* What nobody has to ask about: the first chunk on a resume, because its
 * sector 0 is not on the target, and everything when there is no asking. */
static int fill(struct queue *queue, uint64_t start, bool ask,
		struct error **err)
{
	uint64_t first = start < CHUNKMAP_CHUNK ? start : CHUNKMAP_CHUNK;
	int r;

	queue->mapped = start;
	if (!ask)
		queue->mapped = queue->size;
	r = extents_add(&queue->data, 0, first, err);
	if (r == 0)
		r = extents_add(&queue->data, start, queue->mapped - start,
				err);
	return r < 0 ? r : copy(&queue->data, &queue->unfinished, err);
}

static int make(unsigned int threads, struct queue **ret_queue,
		struct error **err)
{
	struct queue *queue = calloc(1, sizeof(*queue));
	pthread_condattr_t attr;
	int r = 0;

	if (!queue)
		return error_memory(err);
	*ret_queue = queue;
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&queue->zeroes, &attr);
	(void)pthread_condattr_destroy(&attr);
	(void)pthread_mutex_init(&queue->lock, NULL);
	queue->wake = calloc(threads, sizeof(*queue->wake));
	if (!queue->wake)
		r = error_memory(err);
	while (r == 0 && queue->threads < threads) {
		int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0)
			r = error_set(err, ERROR_INTERNAL, errno, "eventfd");
		else
			queue->wake[queue->threads++] = fd;
	}
	return r;
}

int queue_new(uint64_t start, uint64_t size, bool ask, unsigned int threads,
	      struct queue **ret_queue, struct error **err)
{
	struct queue *queue = NULL;
	int r = make(threads, &queue, err);

	if (r == 0) {
		queue->size = size;
		r = fill(queue, start, ask, err);
	}
	if (r < 0)
		queue_free(queue);
	else
		*ret_queue = queue;
	return r;
}

int queue_new_round(const struct extents *all, const struct extents *data,
		    unsigned int threads, struct queue **ret_queue,
		    struct error **err)
{
	struct queue *queue = NULL;
	int r = make(threads, &queue, err);

	if (r == 0)
		r = copy(all, &queue->unfinished, err);
	if (r == 0 && data)
		r = copy(data, &queue->data, err);
	if (r == 0 && all->count) {
		const struct extent *last = &all->range[all->count - 1];

		queue->size = last->offset + last->length;
		queue->mapped = queue->size;
	}
	if (r < 0)
		queue_free(queue);
	else
		*ret_queue = queue;
	return r;
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	for (unsigned int i = 0; queue->wake && i < queue->threads; i++)
		(void)close(queue->wake[i]);
	free(queue->wake);
	extents_done(&queue->data);
	extents_done(&queue->zero);
	extents_done(&queue->unfinished);
	(void)pthread_cond_destroy(&queue->zeroes);
	(void)pthread_mutex_destroy(&queue->lock);
	free(queue);
}

static void wake_threads(struct queue *queue)
{
	for (unsigned int i = 0; i < queue->threads; i++)
		(void)eventfd_write(queue->wake[i], 1);
}

static bool is_complete(const struct queue *queue)
{
	return queue->mapped == queue->size && !queue->unfinished.count;
}

bool queue_take(struct queue *queue, struct extent *ret_run)
{
	bool found = false;

	pthread_mutex_lock(&queue->lock);
	if (queue->data.count && queue->zero.count <= ZERO_RANGES) {
		*ret_run = queue->data.range[0];
		if (ret_run->length > RUN)
			ret_run->length = RUN - ret_run->offset % RUN;
		/* Cutting the front off needs no memory: it can't fail. */
		found = extents_subtract(&queue->data, ret_run->offset,
					 ret_run->length, NULL) == 0;
		/* Nothing more to wait for: zeroing need not gather. */
		if (!queue->data.count)
			pthread_cond_signal(&queue->zeroes);
	}
	pthread_mutex_unlock(&queue->lock);
	return found;
}

int queue_finish(struct queue *queue, uint64_t offset, uint64_t length,
		 struct error **err)
{
	int r;

	pthread_mutex_lock(&queue->lock);
	r = extents_subtract(&queue->unfinished, offset, length, err);
	if (r == 0 && is_complete(queue)) {
		pthread_cond_signal(&queue->zeroes);
		wake_threads(queue);
	}
	pthread_mutex_unlock(&queue->lock);
	return r;
}

int queue_give_back(struct queue *queue, uint64_t offset, uint64_t length,
		    struct error **err)
{
	int r;

	pthread_mutex_lock(&queue->lock);
	r = extents_add(&queue->data, offset, length, err);
	wake_threads(queue);
	pthread_mutex_unlock(&queue->lock);
	return r;
}

bool queue_ask(struct queue *queue, struct extent *ret_range)
{
	uint64_t step;
	bool ask;

	pthread_mutex_lock(&queue->lock);
	/* Ahead by half a question, or nobody would have work meanwhile. */
	ask = !queue->asked && queue->mapped < queue->size &&
	      extents_total(&queue->data) < ASK / 2 &&
	      queue->zero.count <= ZERO_RANGES;
	if (ask) {
		queue->asked = true;
		step = queue->mapped ? ASK : ASK_FIRST;
		if (step > queue->size - queue->mapped)
			step = queue->size - queue->mapped;
		*ret_range = (struct extent){queue->mapped, step};
	}
	pthread_mutex_unlock(&queue->lock);
	return ask;
}

/* Whole chunks only: part of a chunk is data when any of it is. */
static int sort_out(struct queue *queue, uint64_t end,
		    const struct extents *data, struct error **err)
{
	uint64_t at = queue->mapped;
	uint64_t done = at;
	int r = extents_add(&queue->unfinished, at, end - at, err);

	for (size_t i = 0; r == 0 && i < data->count; i++) {
		uint64_t from = data->range[i].offset;
		uint64_t to = from + data->range[i].length;

		from -= from % CHUNKMAP_CHUNK;
		to += (CHUNKMAP_CHUNK - to % CHUNKMAP_CHUNK) % CHUNKMAP_CHUNK;
		if (from < done)
			from = done;
		if (to > end)
			to = end;
		if (from >= to)
			continue;
		r = extents_add(&queue->zero, done, from - done, err);
		if (r == 0)
			r = extents_add(&queue->data, from, to - from, err);
		done = to;
	}
	if (r == 0)
		r = extents_add(&queue->zero, done, end - done, err);
	return r;
}

int queue_answer(struct queue *queue, uint64_t covered,
		 const struct extents *data, struct error **err)
{
	struct extents all = {0};
	uint64_t step;
	int r = 0;

	pthread_mutex_lock(&queue->lock);
	step = queue->size - queue->mapped < ASK ? queue->size - queue->mapped
						 : ASK;
	if (covered > queue->mapped + step)
		covered = queue->mapped + step;
	if (covered < queue->size)
		covered -= covered % CHUNKMAP_CHUNK;
	/* Not even one chunk: such an answer is worth nothing. */
	if (covered <= queue->mapped) {
		covered = queue->mapped + step;
		r = extents_add(&all, queue->mapped, step, err);
		data = &all;
	}
	if (r == 0)
		r = sort_out(queue, covered, data, err);
	queue->mapped = covered;
	queue->asked = false;
	if (extents_total(&queue->zero) >= ZERO_LOT || !queue->data.count)
		pthread_cond_signal(&queue->zeroes);
	wake_threads(queue);
	pthread_mutex_unlock(&queue->lock);
	extents_done(&all);
	return r;
}

void queue_unask(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->asked = false;
	wake_threads(queue);
	pthread_mutex_unlock(&queue->lock);
}

int queue_put_zero(struct queue *queue, uint64_t offset, uint64_t length,
		   struct error **err)
{
	int r;

	pthread_mutex_lock(&queue->lock);
	r = extents_add(&queue->zero, offset, length, err);
	if (!queue->data.count || queue->zero.count > ZERO_RANGES / 2)
		pthread_cond_signal(&queue->zeroes);
	pthread_mutex_unlock(&queue->lock);
	return r;
}

void queue_take_zero(struct queue *queue, unsigned int timeout_ms,
		     struct extents *ret_zero)
{
	struct timespec end;

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += (long)timeout_ms * 1000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	pthread_mutex_lock(&queue->lock);
	if (!is_complete(queue) &&
	    (!queue->zero.count ||
	     (queue->data.count && extents_total(&queue->zero) < ZERO_LOT)))
		(void)pthread_cond_timedwait(&queue->zeroes, &queue->lock,
					     &end);
	if (queue->zero.count > ZERO_RANGES)
		wake_threads(queue);
	*ret_zero = queue->zero;
	queue->zero = (struct extents){0};
	pthread_mutex_unlock(&queue->lock);
}

uint64_t queue_watermark(struct queue *queue)
{
	uint64_t watermark;

	pthread_mutex_lock(&queue->lock);
	watermark = queue->unfinished.count ? queue->unfinished.range[0].offset
					    : queue->mapped;
	pthread_mutex_unlock(&queue->lock);
	return watermark;
}

bool queue_complete(struct queue *queue)
{
	bool complete;

	pthread_mutex_lock(&queue->lock);
	complete = is_complete(queue);
	pthread_mutex_unlock(&queue->lock);
	return complete;
}

int queue_wake_fd(const struct queue *queue, unsigned int thread)
{
	return queue->wake[thread];
}

void queue_wake(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	wake_threads(queue);
	pthread_cond_signal(&queue->zeroes);
	pthread_mutex_unlock(&queue->lock);
}

uint64_t queue_left(struct queue *queue)
{
	uint64_t left;

	pthread_mutex_lock(&queue->lock);
	left = extents_total(&queue->unfinished) + queue->size - queue->mapped;
	pthread_mutex_unlock(&queue->lock);
	return left;
}

const struct extents *queue_unfinished(const struct queue *queue)
{
	return &queue->unfinished;
}
