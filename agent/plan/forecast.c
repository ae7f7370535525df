/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a migration of a running machine would take, from what a few
 * seconds showed.  It takes every write for a change of something else, so what
 * it says is rather too long than too short.
 */
#include "plan/forecast.h"

#define ROUNDS_MAX 30U
#define SHRINK	   0.9 /* a round must be this much shorter to pay */

static double larger(double a, double b)
{
	return a > b ? a : b;
}

/* A round that fetches this many bytes. */
static double round_of(const struct forecast_basis *basis, double bytes)
{
	double search =
		basis->tracked ? 0 : (double)basis->size / basis->reading;

	return larger(search, bytes / basis->line);
}

static double changed_in(const struct forecast_basis *basis, double seconds)
{
	double bytes = basis->written * seconds;

	return bytes < (double)basis->size ? bytes : (double)basis->size;
}

struct forecast forecast_make(const struct forecast_basis *basis)
{
	struct forecast forecast = {0};
	double size = (double)basis->size;
	double last;

	if (basis->line <= 0 || basis->reading <= 0)
		return forecast;
	forecast.known = true;
	forecast.full = larger((double)basis->used / basis->line,
			       size / basis->reading);
	forecast.full_most = size / basis->line;
	if (forecast.full_most < forecast.full)
		forecast.full_most = forecast.full;
	last = forecast.full;
	while (forecast.rounds < ROUNDS_MAX) {
		double next = round_of(basis, changed_in(basis, last));

		forecast.rounds++;
		forecast.round = next;
		if (next >= SHRINK * last)
			break;
		last = next;
	}
	forecast.converges = basis->written < SHRINK * basis->line;
	/* Nothing is proven before all of it was read once more. */
	forecast.downtime = changed_in(basis, forecast.round) / basis->line +
			    size / basis->reading;
	return forecast;
}

const char *forecast_method(void)
{
	return "full: the larger of used bytes by line speed and all bytes by "
	       "reading speed; round: what is written meanwhile by line speed, "
	       "and without tracking a reading of all bytes; downtime: the "
	       "rest after the last round, then one reading of all bytes as "
	       "the proof; written: the larger of the rate that was watched "
	       "and the average since the start, every write taken for a "
	       "change; the new machine's own reading back, its conversion and "
	       "its start are not in it";
}
