/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What others are to be told, kept in order until they take it.  Who puts
 * something in never waits: not for a server that is gone, not for one that
 * hangs.  Trouble is told once, and its end; when there is no more room the
 * least important goes.
 */
#include "run/outbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"

#define PAUSE_FIRST_S 1.0
#define PAUSE_LAST_S  30.0
#define PAUSE_HURRY_S 2.0
#define CLOSE_S	      3.0 /* for a thread that was told to stop */

struct letter {
	struct letter *next;
	enum outbox_weight weight;
	bool under_way; /* the thread has it: it stays */
	char *text;
};

struct outbox {
	struct outbox_options options;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	struct letter *first;
	size_t count;
	unsigned long lost;
	bool hurry;
	bool closing;
	bool gone; /* the thread */
	bool answered;
	bool trouble; /* and it was told */
	_Atomic bool stop;
};

static void wait_until(struct outbox *outbox, double end)
{
	double left = end - io_seconds();
	struct timespec until;

	if (left <= 0)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	left += (double)until.tv_nsec / 1e9;
	until.tv_sec += (time_t)left;
	until.tv_nsec = (long)((left - (double)(time_t)left) * 1e9);
	(void)pthread_cond_timedwait(&outbox->wake, &outbox->lock, &until);
}

static void drop(struct outbox *outbox, struct letter **at)
{
	struct letter *letter = *at;

	*at = letter->next;
	outbox->count--;
	free(letter->text);
	free(letter);
}

/* The oldest of the lightest. */
static void make_room(struct outbox *outbox)
{
	struct letter **found = NULL;

	if (outbox->count < outbox->options.limit)
		return;
	for (struct letter **at = &outbox->first; *at; at = &(*at)->next)
		if (!(*at)->under_way &&
		    (!found || (*at)->weight < (*found)->weight))
			found = at;
	if (!found)
		return;
	if ((*found)->weight != OUTBOX_PROGRESS)
		outbox->lost++;
	drop(outbox, found);
}

/* The log's lock is taken with none of ours held: its lines may come here. */
static void tell(struct outbox *outbox, enum outbox_fate fate,
		 const struct error *error)
{
	const char *name = outbox->options.name;
	bool trouble = fate != OUTBOX_TAKEN;
	bool was;

	(void)pthread_mutex_lock(&outbox->lock);
	was = outbox->trouble;
	outbox->trouble = trouble;
	(void)pthread_mutex_unlock(&outbox->lock);
	if (trouble && !was)
		log_warn(name, "%s; the job goes on",
			 error ? error->msg : "failed without a reason");
	else if (trouble && error)
		log_debug(name, "again: %s", error->msg);
	else if (was)
		log_info(name, "it takes them again");
}

/* How long after a failed try; negative: never again. */
static double pause_after(const struct outbox *outbox, enum outbox_fate fate,
			  unsigned int tries)
{
	double pause = PAUSE_FIRST_S;

	if (fate == OUTBOX_REFUSED || (fate == OUTBOX_FOREIGN && outbox->hurry))
		return -1;
	for (unsigned int i = 1; i < tries && pause < PAUSE_LAST_S; i++)
		pause *= 2;
	if (outbox->hurry && pause > PAUSE_HURRY_S)
		pause = PAUSE_HURRY_S;
	return pause < PAUSE_LAST_S ? pause : PAUSE_LAST_S;
}

static void rest(struct outbox *outbox, double seconds)
{
	double end = io_seconds() + seconds;
	bool hurried = outbox->hurry;

	while (!outbox->closing && io_seconds() < end &&
	       outbox->hurry == hurried)
		wait_until(outbox, end);
}

/* With the lock held, but for the try itself. */
static void deliver_first(struct outbox *outbox, unsigned int *tries)
{
	struct letter *letter = outbox->first;
	struct error *error = NULL;
	enum outbox_fate fate;
	double pause;

	letter->under_way = true;
	(void)pthread_mutex_unlock(&outbox->lock);
	fate = outbox->options.deliver(outbox->options.owner, letter->text,
				       &outbox->stop, &error);
	if (!atomic_load(&outbox->stop))
		tell(outbox, fate, error);
	error_free(error);
	(void)pthread_mutex_lock(&outbox->lock);
	letter->under_way = false;
	outbox->answered = outbox->answered || fate == OUTBOX_TAKEN;
	pause = fate == OUTBOX_TAKEN ? -1 : pause_after(outbox, fate, ++*tries);
	if (pause < 0) {
		*tries = 0;
		/* The others would meet the same. */
		do
			drop(outbox, &outbox->first);
		while (fate == OUTBOX_FOREIGN && outbox->first);
		(void)pthread_cond_broadcast(&outbox->wake);
	} else {
		rest(outbox, pause);
	}
}

static void *run(void *owner)
{
	struct outbox *outbox = owner;
	unsigned int tries = 0;

	(void)pthread_mutex_lock(&outbox->lock);
	while (!outbox->closing)
		if (outbox->first)
			deliver_first(outbox, &tries);
		else
			(void)pthread_cond_wait(&outbox->wake, &outbox->lock);
	outbox->gone = true;
	(void)pthread_cond_broadcast(&outbox->wake);
	(void)pthread_mutex_unlock(&outbox->lock);
	return NULL;
}

int outbox_open(const struct outbox_options *options, struct outbox **ret,
		struct error **err)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	pthread_condattr_t clock;
	int code;

	if (!outbox)
		return error_memory(err);
	outbox->options = *options;
	(void)pthread_mutex_init(&outbox->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&outbox->wake, &clock);
	(void)pthread_condattr_destroy(&clock);
	code = pthread_create(&outbox->thread, NULL, run, outbox);
	if (code) {
		free(outbox);
		return error_set(err, ERROR_INTERNAL, code, "thread of the %s",
				 options->name);
	}
	*ret = outbox;
	return 0;
}

void outbox_put(struct outbox *outbox, enum outbox_weight weight, char *text)
{
	struct letter *letter = text ? calloc(1, sizeof(*letter)) : NULL;
	struct letter **at;

	if (!letter) {
		free(text);
		return;
	}
	letter->weight = weight;
	letter->text = text;
	(void)pthread_mutex_lock(&outbox->lock);
	make_room(outbox);
	at = &outbox->first;
	while (*at)
		at = &(*at)->next;
	*at = letter;
	outbox->count++;
	(void)pthread_cond_broadcast(&outbox->wake);
	(void)pthread_mutex_unlock(&outbox->lock);
}

unsigned long outbox_lost(struct outbox *outbox)
{
	unsigned long lost;

	(void)pthread_mutex_lock(&outbox->lock);
	/* A full one has no room for such news. */
	lost = outbox->count > outbox->options.limit / 2 ? 0 : outbox->lost;
	outbox->lost -= lost;
	(void)pthread_mutex_unlock(&outbox->lock);
	return lost;
}

void outbox_hurry(struct outbox *outbox, bool on)
{
	(void)pthread_mutex_lock(&outbox->lock);
	outbox->hurry = on;
	(void)pthread_cond_broadcast(&outbox->wake);
	(void)pthread_mutex_unlock(&outbox->lock);
}

bool outbox_wait(struct outbox *outbox, double end)
{
	bool empty;

	(void)pthread_mutex_lock(&outbox->lock);
	while (outbox->first && io_seconds() < end)
		wait_until(outbox, end);
	empty = !outbox->first;
	(void)pthread_mutex_unlock(&outbox->lock);
	return empty;
}

bool outbox_answered(struct outbox *outbox)
{
	bool answered;

	(void)pthread_mutex_lock(&outbox->lock);
	answered = outbox->answered;
	(void)pthread_mutex_unlock(&outbox->lock);
	return answered;
}

bool outbox_close(struct outbox *outbox)
{
	double end = io_seconds() + CLOSE_S;
	bool gone;

	atomic_store(&outbox->stop, true);
	(void)pthread_mutex_lock(&outbox->lock);
	outbox->closing = true;
	(void)pthread_cond_broadcast(&outbox->wake);
	while (!outbox->gone && io_seconds() < end)
		wait_until(outbox, end);
	gone = outbox->gone;
	(void)pthread_mutex_unlock(&outbox->lock);
	if (!gone) {
		(void)pthread_detach(outbox->thread);
		return false;
	}
	(void)pthread_join(outbox->thread, NULL);
	while (outbox->first)
		drop(outbox, &outbox->first);
	(void)pthread_mutex_destroy(&outbox->lock);
	(void)pthread_cond_destroy(&outbox->wake);
	free(outbox);
	return true;
}
