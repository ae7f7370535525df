/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long a migration of a running machine would take, from what a few
 * seconds showed: the job's own rounds, reckoned through with the job's own
 * arithmetic.  It takes every write for a change of something else, so what it
 * says is rather too long than too short.
 */
#include "plan/forecast.h"

#include "plan/convergence.h"

#define ROUNDS_MAX 30U
#define SHRINK	   0.9 /* of the line's speed: beyond, rounds do not help */

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static uint64_t changed_in(const struct forecast_basis *basis, double seconds)
{
	double bytes = basis->written * seconds;

	return bytes < (double)basis->size ? (uint64_t)bytes : basis->size;
}

static void run_rounds(const struct forecast_basis *basis,
		       struct forecast *forecast)
{
	struct convergence rounds = {.budget_s = basis->budget,
				     .rounds_max = ROUNDS_MAX};
	struct convergence_disk disk = {.size = basis->size,
					.scan_rate = basis->reading,
					.move_rate = basis->line,
					.read_rate = basis->reading};
	double search =
		basis->tracked ? 0 : (double)basis->size / basis->reading;
	enum convergence_verdict verdict;

	forecast->round = forecast->full;
	do {
		disk.delta = changed_in(basis, forecast->round);
		forecast->round = search + (double)disk.delta / basis->line;
		verdict = convergence_round(&rounds, &disk, 1);
	} while (verdict == CONVERGENCE_GO_ON);
	forecast->rounds = rounds.round;
	forecast->downtime = rounds.predicted_s;
}

struct forecast forecast_make(const struct forecast_basis *basis)
{
	struct forecast forecast = {0};
	double size = (double)basis->size;

	if (basis->line <= 0 || basis->reading <= 0)
		return forecast;
	forecast.known = true;
	forecast.full = larger((double)basis->used / basis->line,
			       size / basis->reading);
	forecast.full_most = larger(size / basis->line, forecast.full);
	forecast.converges = basis->written < SHRINK * basis->line;
	run_rounds(basis, &forecast);
	return forecast;
}

const char *forecast_method(void)
{
	return "full: the larger of used bytes by line speed and all bytes by "
	       "reading speed; then the job's own rounds reckoned through: "
	       "round: what was written in the one before by line speed, and "
	       "without tracking a reading of all bytes; downtime: the rest by "
	       "line speed, all bytes read once more there as the proof, and "
	       "once here, for which the target is taken to be as fast; "
	       "written: the larger of the rate that was watched and the "
	       "average since the start, every write taken for a change; "
	       "conversion and the new machine's start come on top";
}
