/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the downtime would be, from what was measured on the way.  It promises
 * nothing that it has not measured, or else made generous.
 */
#include "run/forecast.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "copy/chunkmap.h"
#include "disk/target.h"
#include "run/control.h"
#include "run/filepass.h"
#include "run/fitting_names.h"
#include "run/live.h"
#include "run/migrate.h"
#include "source/source.h"

#define MB 1000000.0

/* What the downtime holds beside copying, seconds: writing out what is in
 * memory, freezing, the last writes.  Stopping services and converting take as
 * long as they take; nobody can measure them before, and these are generous. */
#define HOLD_S	  2.0
#define UNITS_S	  10.0
#define CONVERT_S 25.0
/* … and where the copied system's own tool makes its initramfs anew. */
#define REBUILD_S 120.0

/* How the target's speed is sampled. */
#define SAMPLE_BYTES ((size_t)1 << 20)
#define SAMPLES	     64U
#define SAMPLES_S    1.0

const char *forecast_time(double seconds, char *buf, size_t room)
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

uint64_t forecast_unknown(const struct job_disk *disk)
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

static int convert_time(struct migrate *m, double *ret, struct error **err)
{
	bool rebuild = config_is(m->config, CONFIG_INITRAMFS, "rebuild");
	int r = 0;

	if (m->fitting && !rebuild)
		r = fitting_names_rebuild(m, &rebuild, err);
	*ret = CONVERT_S + (rebuild ? REBUILD_S : 0);
	return r;
}

static int fixed_time(struct migrate *m, double *ret, struct error **err)
{
	double seconds = 0;
	bool converts = false;
	int r = 0;

	for (size_t i = 0; i < m->count; i++)
		converts = converts || m->disk[i].target.is_block;
	if (converts && !config_is(m->config, CONFIG_CONVERT, "none"))
		r = convert_time(m, &seconds, err);
	seconds += HOLD_S;
	if (m->live.quiesce.way == QUIESCE_STOP)
		seconds += UNITS_S;
	*ret = seconds;
	return r;
}

/* What the full pass has shown of the line, and how the target reads. */
int forecast_begin(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;
	double seconds = control_seconds(m->orders) - live->began;
	double rate = convergence_rate(0, m->data, seconds);
	double fixed = 0;
	int r = fixed_time(m, &fixed, err);

	if (m->fitting)
		filepass_forecast(m);
	for (size_t i = 0; r == 0 && !m->fitting && i < m->count; i++) {
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
		.fixed_s = fixed};
	return r;
}

int forecast_refuse(const struct migrate *m, enum convergence_verdict verdict,
		    struct error **err)
{
	const struct convergence *c = &m->live.convergence;
	char allowed[32];
	char predicted[32];
	char floor_time[32];

	(void)forecast_time(c->predicted_s, predicted, sizeof(predicted));
	(void)forecast_time(c->budget_s, allowed, sizeof(allowed));
	(void)forecast_time(c->floor_s, floor_time, sizeof(floor_time));
	if (verdict == CONVERGENCE_FLOOR || c->floor_s > c->budget_s)
		return error_set(err, ERROR_CONVERGE, 0,
				 "predicted downtime %s, lander.downtime "
				 "allows %s: comparing all %s and the "
				 "conversion alone take %s, however little "
				 "changes",
				 predicted, allowed,
				 m->fitting ? "files"
					    : "blocks, reading the target back",
				 floor_time);
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
