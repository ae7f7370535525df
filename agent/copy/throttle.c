/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A limit on reading, as a stream of bytes that flows at the rate: who wants to
 * read gets the next place in it, and may go when the stream has come there.
 * So the line is fair, and another rate counts for those in it, too.  It waits
 * for nobody: it says how long to wait.
 */
#include "copy/throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/io.h"

/* Of what was not used, so many seconds may be made up for: threads wake up
 * late.  More of it would be a burst. */
#define BURST_S 0.1
/* Another rate, or the end of a pause, is noticed so late at most. */
#define LOOK_MS 250U

struct throttle {
	pthread_mutex_t lock;
	uint64_t rate; /* bytes a second, 0: no limit */
	bool paused;
	double rested; /* seconds of pauses, until since */
	double flowed; /* bytes, until since */
	double since;
	double given; /* the end of the last place, bytes */
};

struct throttle *throttle_new(void)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	if (!throttle)
		return NULL;
	(void)pthread_mutex_init(&throttle->lock, NULL);
	throttle->since = io_seconds();
	return throttle;
}

void throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	(void)pthread_mutex_destroy(&throttle->lock);
	free(throttle);
}

/* Until now.  A pause stops it. */
static void flow(struct throttle *throttle)
{
	double now = io_seconds();

	if (throttle->paused)
		throttle->rested += now - throttle->since;
	else
		throttle->flowed +=
			(double)throttle->rate * (now - throttle->since);
	throttle->since = now;
}

void throttle_set(struct throttle *throttle, uint64_t rate)
{
	(void)pthread_mutex_lock(&throttle->lock);
	flow(throttle);
	/* What nobody limited is no debt. */
	if (!throttle->rate)
		throttle->given = throttle->flowed;
	throttle->rate = rate;
	(void)pthread_mutex_unlock(&throttle->lock);
}

uint64_t throttle_rate(struct throttle *throttle)
{
	uint64_t rate;

	(void)pthread_mutex_lock(&throttle->lock);
	rate = throttle->rate;
	(void)pthread_mutex_unlock(&throttle->lock);
	return rate;
}

void throttle_pause(struct throttle *throttle, bool on)
{
	(void)pthread_mutex_lock(&throttle->lock);
	flow(throttle);
	throttle->paused = on;
	(void)pthread_mutex_unlock(&throttle->lock);
}

bool throttle_paused(struct throttle *throttle)
{
	bool paused;

	if (!throttle)
		return false;
	(void)pthread_mutex_lock(&throttle->lock);
	paused = throttle->paused;
	(void)pthread_mutex_unlock(&throttle->lock);
	return paused;
}

double throttle_rested(struct throttle *throttle)
{
	double rested;

	(void)pthread_mutex_lock(&throttle->lock);
	flow(throttle);
	rested = throttle->rested;
	(void)pthread_mutex_unlock(&throttle->lock);
	return rested;
}

/* A place for it, or one of the size that it has now. */
static void queue_up(struct throttle *throttle, struct throttle_turn *turn,
		     uint64_t bytes)
{
	double oldest = throttle->flowed - (double)throttle->rate * BURST_S;

	if (turn->waiting) {
		throttle->given += (double)bytes - (double)turn->bytes;
	} else {
		if (throttle->given < oldest)
			throttle->given = oldest;
		turn->place = throttle->given;
		throttle->given += (double)bytes;
	}
	turn->waiting = true;
	turn->bytes = bytes;
}

static unsigned int time_left(const struct throttle *throttle,
			      const struct throttle_turn *turn)
{
	double ms;

	if (throttle->paused)
		return LOOK_MS;
	ms = (turn->place - throttle->flowed) / (double)throttle->rate * 1000;
	return ms < LOOK_MS ? (unsigned int)ms + 1 : LOOK_MS;
}

unsigned int throttle_take(struct throttle *throttle,
			   struct throttle_turn *turn, uint64_t bytes)
{
	unsigned int wait = 0;

	if (!throttle)
		return 0;
	(void)pthread_mutex_lock(&throttle->lock);
	flow(throttle);
	if (throttle->rate) {
		queue_up(throttle, turn, bytes);
		if (throttle->paused || turn->place > throttle->flowed)
			wait = time_left(throttle, turn);
	} else if (throttle->paused) {
		wait = LOOK_MS;
	}
	if (!wait)
		turn->waiting = false;
	(void)pthread_mutex_unlock(&throttle->lock);
	return wait;
}

void throttle_return(struct throttle *throttle, uint64_t bytes)
{
	if (!throttle || !bytes)
		return;
	(void)pthread_mutex_lock(&throttle->lock);
	if (throttle->rate)
		throttle->given -= (double)bytes;
	(void)pthread_mutex_unlock(&throttle->lock);
}
