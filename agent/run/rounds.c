/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes on a source that runs is copied again and again, until what is
 * left fits into the downtime that was promised.  Nothing is stopped here.
 */
#include "run/rounds.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/io.h"
#include "config/config.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/target.h"
#include "run/control.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/rehearsal.h"
#include "run/report.h"
#include "run/status.h"
#include "run/transfer.h"
#include "source/machine.h"
#include "source/source.h"

#define MB 1000000.0

/* What the downtime holds beside copying, seconds: writing out what is in
 * memory, freezing, the last writes.  Stopping services and converting take as
 * long as they take; nobody can measure them before, and these are generous. */
#define HOLD_S	  2.0
#define UNITS_S	  10.0
#define CONVERT_S 25.0

/* How the target's speed is sampled. */
#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLES	     64U
#define SAMPLES_S    1.0

/* A chunk that was rewritten in part comes over whole in the last comparison:
 * when so much of the disk is like that, comparing now is cheaper. */
#define UNKNOWN_MAX ((uint64_t)256 << 20)

struct round_sum {
	uint64_t differing;
	uint64_t received;
	unsigned int compared; /* disks */
	unsigned int tracked;
};

const char *rounds_time(double seconds, char *buf, size_t room)
{
	uint64_t s = 0;

	if (isfinite(seconds) && seconds >= 0 && seconds < 1e12)
		s = (uint64_t)(seconds + 0.5);
	else
		seconds = INFINITY;
	if (!isfinite(seconds))
		(void)snprintf(buf, room, "not known");
	else if (s < 10)
		(void)snprintf(buf, room, "%.1f s", seconds);
	else if (s < 120)
		(void)snprintf(buf, room, "%" PRIu64 " s", s);
	else if (s < 7200)
		(void)snprintf(buf, room, "%" PRIu64 " min %" PRIu64 " s",
			       s / 60, s % 60);
	else
		(void)snprintf(buf, room, "%" PRIu64 " h %" PRIu64 " min",
			       s / 3600, s % 3600 / 60);
	return buf;
}

static bool is_written(const struct job_disk *disk)
{
	return disk->plan->source->caps & SOURCE_LIVE;
}

static uint64_t count_unknown(const struct job_disk *disk)
{
	uint64_t count = chunkmap_count(disk->map);
	uint64_t bytes = 0;

	for (uint64_t i = 0; i < count; i++)
		if (chunkmap_state(disk->map, i) == CHUNKMAP_UNKNOWN)
			bytes += chunkmap_length(disk->map, i);
	return bytes;
}

/* How fast the target can be read back, from a few places all over it. */
static int sample_target(struct job_disk *disk, double *ret_rate,
			 struct error **err)
{
	uint64_t size = disk->plan->source->size / SAMPLE_BYTES * SAMPLE_BYTES;
	double began = io_seconds();
	uint64_t bytes = 0;
	void *buf = aligned_alloc(4096, SAMPLE_BYTES);
	int r = 0;

	if (!buf)
		return error_memory(err);
	for (unsigned int i = 0; r == 0 && size && i < SAMPLES; i++) {
		uint64_t at = size / SAMPLES * i / SAMPLE_BYTES * SAMPLE_BYTES;

		r = target_read(disk->open, buf, SAMPLE_BYTES, at, err);
		bytes += SAMPLE_BYTES;
		if (io_seconds() - began > SAMPLES_S)
			break;
	}
	free(buf);
	*ret_rate = convergence_rate(0, bytes, io_seconds() - began);
	/* A disk that is smaller than a measurement. */
	if (*ret_rate <= 0)
		*ret_rate = CONVERGENCE_SLOW;
	return r;
}

static double fixed_time(const struct migrate *m)
{
	double seconds = HOLD_S;
	bool converts = false;

	for (size_t i = 0; i < m->count; i++)
		converts = converts || m->disk[i].target.is_block;
	if (converts && !config_is(m->config, CONFIG_CONVERT, "none"))
		seconds += CONVERT_S;
	if (m->live.quiesce.way == QUIESCE_STOP)
		seconds += UNITS_S;
	return seconds;
}

int rounds_begin(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;

	if (!live->on)
		return 0;
	live->disk = calloc(m->count, sizeof(*live->disk));
	live->tracked = calloc(m->count, sizeof(*live->tracked));
	if (!live->disk || !live->tracked)
		return error_memory(err);
	live->began = io_seconds();
	return 0;
}

/* What the full pass has shown of the line, and how the target reads. */
static int measure(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;
	double seconds = io_seconds() - live->began;
	double rate = convergence_rate(0, m->received, seconds);
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		live->disk[i].size = m->disk[i].plan->source->size;
		live->disk[i].move_rate = rate;
		r = sample_target(&m->disk[i], &live->disk[i].read_rate, err);
		if (r < 0)
			return error_wrap(err, "%s", m->disk[i].target.path);
	}
	live->convergence = (struct convergence){
		.budget_s = (double)config_seconds(m->config, CONFIG_DOWNTIME),
		.rounds_max =
			(unsigned int)config_number(m->config, CONFIG_ROUNDS),
		.fixed_s = fixed_time(m)};
	return r;
}

int rounds_changed(struct migrate *m, struct job_disk *disk, const char *what,
		   struct error **err)
{
	(void)m;
	(void)disk;
	(void)what;
	(void)err;
	return 0;
}

static int compare_disk(struct migrate *m, struct job_disk *disk,
			const char *what, struct round_sum *sum,
			struct error **err)
{
	struct convergence_disk *seen = &m->live.disk[disk - m->disk];
	struct pass_progress *p = &disk->progress;
	double began = io_seconds();
	int r = transfer_compare_disk(m, disk, what, err);

	if (r < 0)
		return r;
	seen->scan_rate =
		convergence_rate(seen->scan_rate, atomic_load(&p->compared),
				 io_seconds() - began);
	/* A disk that is smaller than a measurement. */
	if (seen->scan_rate <= 0)
		seen->scan_rate = CONVERGENCE_SLOW;
	seen->delta = atomic_load(&p->received);
	sum->differing += atomic_load(&p->differing);
	sum->received += atomic_load(&p->received);
	sum->compared++;
	return 0;
}

static const char *mode_of(const struct round_sum *sum)
{
	if (!sum->tracked)
		return "hashes compared";
	return sum->compared ? "hashes compared and writes tracked"
			     : "writes tracked";
}

static void tell_round(struct migrate *m, const struct round_sum *sum)
{
	const struct convergence *c = &m->live.convergence;
	const struct status_rounds rounds = {.round = c->round,
					     .differing = sum->differing,
					     .predicted_s = c->predicted_s,
					     .budget_s = c->budget_s};
	char predicted[32];
	char budget[32];
	char took[32];

	report_say(m->report,
		   "round %u: %s, %.1f MB differed, %.1f MB received, %s; "
		   "predicted downtime %s, allowed %s",
		   c->round, mode_of(sum), (double)sum->differing / MB,
		   (double)sum->received / MB,
		   rounds_time(m->live.round_s, took, sizeof(took)),
		   rounds_time(c->predicted_s, predicted, sizeof(predicted)),
		   rounds_time(c->budget_s, budget, sizeof(budget)));
	report_rounds(m->report, &rounds);
}

int rounds_once(struct migrate *m, enum convergence_verdict *ret_verdict,
		struct error **err)
{
	struct live *live = &m->live;
	struct round_sum sum = {0};
	double began = io_seconds();
	char what[32];
	int r;

	r = live_connect(m, err);
	if (r == 0)
		r = machine_sync(live->machine, err);
	(void)snprintf(what, sizeof(what),
		       "round %u:", live->convergence.round + 1);
	for (size_t i = 0; r == 0 && i < m->count; i++)
		if (is_written(&m->disk[i]) || !live->disk[i].scan_rate)
			r = compare_disk(m, &m->disk[i], what, &sum, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < m->count; i++)
		live->disk[i].delta += count_unknown(&m->disk[i]);
	live->round_s = io_seconds() - began;
	*ret_verdict =
		convergence_round(&live->convergence, live->disk, m->count);
	tell_round(m, &sum);
	return 0;
}

int rounds_refuse(const struct migrate *m, enum convergence_verdict verdict,
		  struct error **err)
{
	const struct convergence *c = &m->live.convergence;
	char allowed[32];
	char predicted[32];
	char floor_time[32];

	(void)rounds_time(c->predicted_s, predicted, sizeof(predicted));
	(void)rounds_time(c->budget_s, allowed, sizeof(allowed));
	(void)rounds_time(c->floor_s, floor_time, sizeof(floor_time));
	if (verdict == CONVERGENCE_FLOOR || c->floor_s > c->budget_s)
		return error_set(err, ERROR_CONVERGE, 0,
				 "predicted downtime %s, lander.downtime "
				 "allows %s: comparing all blocks, reading the "
				 "target back and the conversion alone take "
				 "%s, however little changes",
				 predicted, allowed, floor_time);
	if (verdict == CONVERGENCE_FLAT)
		return error_set(err, ERROR_CONVERGE, 0,
				 "predicted downtime %s, lander.downtime "
				 "allows %s: what changes does not shrink, "
				 "%.1f MB in the last of %u rounds; the source "
				 "writes too fast for more rounds to help",
				 predicted, allowed, (double)c->last_delta / MB,
				 c->round);
	return error_set(err, ERROR_CONVERGE, 0,
			 "predicted downtime %s, lander.downtime allows %s, "
			 "after %u rounds with %.1f MB in the last",
			 predicted, allowed, c->round,
			 (double)c->last_delta / MB);
}

/* Rounds go on until this says what more of them would bring. */
static int run_until_verdict(struct migrate *m,
			     enum convergence_verdict *ret_verdict,
			     struct error **err)
{
	do {
		int r = rounds_once(m, ret_verdict, err);

		if (r < 0)
			return r;
		if (atomic_load(m->stop))
			return error_set(err, ERROR_ABORTED, 0,
					 "stopped by order");
	} while (*ret_verdict == CONVERGENCE_GO_ON &&
		 !control_ordered(m->orders));
	return 0;
}

int rounds_run(struct migrate *m, struct error **err)
{
	enum convergence_verdict verdict = CONVERGENCE_GO_ON;
	struct error *why = NULL;
	int r;

	r = measure(m, err);
	if (r < 0)
		return r;
	control_phase(m->orders, CONTROL_OPEN);
	r = run_until_verdict(m, &verdict, err);
	if (r < 0 || verdict == CONVERGENCE_REACHED ||
	    control_ordered(m->orders))
		return r;
	(void)rounds_refuse(m, verdict, &why);
	if (m->live.cutover.when == CUTOVER_AUTO && !rehearsal_asked(m)) {
		*err = why;
		return -EAGAIN;
	}
	report_say(m->report, "%s", why->msg);
	error_free(why);
	return 0;
}
