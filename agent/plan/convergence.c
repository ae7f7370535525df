/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long the source would stand still if it were stopped now, and whether
 * more rounds would make that shorter.  Arithmetic only: it reads no clock and
 * no disk.  In doubt it predicts more, because the budget is a promise.
 */
#include "plan/convergence.h"

#include <math.h>
#include <stdbool.h>

/* A round that leaves more than this of the one before did not shrink. */
#define SHRINK	0.9
#define RUNNING 2U

static bool is_rate(double rate)
{
	return isfinite(rate) && rate > 0;
}

static double time_for(uint64_t bytes, double rate)
{
	if (!bytes)
		return 0;
	return is_rate(rate) ? (double)bytes / rate : INFINITY;
}

static double seconds_or_none(double seconds)
{
	return isfinite(seconds) && seconds > 0 ? seconds : 0;
}

double convergence_rate(double before, uint64_t bytes, double seconds)
{
	double now;

	if (!is_rate(before))
		before = 0;
	if (bytes < CONVERGENCE_SAMPLE || !is_rate(seconds))
		return before;
	now = (double)bytes / seconds;
	if (!is_rate(now))
		return before;
	return before > 0 && now > before ? (before + now) / 2 : now;
}

/* Sets floor_s and predicted_s; the bytes that differed. */
static uint64_t predict(struct convergence *c,
			const struct convergence_disk *disk, size_t count)
{
	double moving = 0;
	uint64_t delta = 0;

	c->floor_s = seconds_or_none(c->fixed_s);
	for (size_t i = 0; i < count; i++) {
		double rate = is_rate(disk[i].move_rate) ? disk[i].move_rate
							 : CONVERGENCE_SLOW;

		c->floor_s += time_for(disk[i].size, disk[i].scan_rate) +
			      time_for(disk[i].size, disk[i].read_rate);
		moving += time_for(disk[i].delta, rate) +
			  time_for(disk[i].unknown, rate);
		if (__builtin_add_overflow(delta, disk[i].delta, &delta))
			delta = UINT64_MAX;
	}
	c->predicted_s = c->floor_s + moving;
	return delta;
}

enum convergence_verdict convergence_round(struct convergence *c,
					   const struct convergence_disk *disk,
					   size_t count)
{
	double budget = seconds_or_none(c->budget_s);
	uint64_t delta = predict(c, disk, count);
	bool shrank = (double)delta < SHRINK * (double)c->last_delta;

	c->flat = c->round && !shrank ? c->flat + 1 : 0;
	c->above = c->floor_s > budget ? c->above + 1 : 0;
	c->last_delta = delta;
	if (c->round < UINT32_MAX)
		c->round++;
	if (c->predicted_s <= budget)
		return CONVERGENCE_REACHED;
	if (c->round >= c->rounds_max)
		return CONVERGENCE_ROUNDS;
	if (c->above >= RUNNING)
		return CONVERGENCE_FLOOR;
	if (c->flat >= RUNNING)
		return CONVERGENCE_FLAT;
	return CONVERGENCE_GO_ON;
}
