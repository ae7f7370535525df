/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_COPY_THROTTLE_H
#define LANDER_COPY_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

/** How fast all connections of a job together may read, and whether they may
 *  at all: a bucket of bytes that they draw from in the order in which they
 *  asked.  Thread-safe; a NULL throttle lets everything through. */
struct throttle;

/** throttle_new(): no limit, not paused.  NULL without memory. */
struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle);

/** throttle_set(throttle, rate): bytes a second, 0 for no limit; at once, for
 *  who waits already, too.  throttle_rate(): that. */
void throttle_set(struct throttle *throttle, uint64_t rate);
uint64_t throttle_rate(struct throttle *throttle);

/** throttle_pause(throttle, on): nobody may read until it is off again. */
void throttle_pause(struct throttle *throttle, bool on);
bool throttle_paused(struct throttle *throttle);

/** throttle_rested(throttle): for how many seconds it was paused so far. */
double throttle_rested(struct throttle *throttle);

/** One reader's place in the line, zeroed at first; it is kept until granted.
 */
struct throttle_turn {
	bool waiting;
	uint64_t bytes;
	double place; /* where in the stream of bytes its own begin */
};

/** throttle_take(throttle, turn, bytes): 0: read so many bytes now; else how
 *  many milliseconds to wait before asking again, at least 1. */
unsigned int throttle_take(struct throttle *throttle,
			   struct throttle_turn *turn, uint64_t bytes);

/** throttle_return(throttle, bytes): so many of what was taken did not come:
 *  zeroes that were only named, blocks that were equal. */
void throttle_return(struct throttle *throttle, uint64_t bytes);

#endif
