/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What changes on a source that runs is copied again and again, until what is
 * left fits into the downtime that was promised.  Nothing is stopped here.
 */
#include "run/rounds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "config/config.h"
#include "copy/pass.h"
#include "run/control.h"
#include "run/filepass.h"
#include "run/forecast.h"
#include "run/freespace.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/rehearsal.h"
#include "run/report.h"
#include "run/snapshot.h"
#include "run/status.h"
#include "run/tracking.h"
#include "run/transfer.h"
#include "source/machine.h"
#include "source/source.h"

#define MB 1000000.0

/* A chunk that was rewritten in part comes over whole in the last comparison:
 * when so much of the disk is like that, comparing now is cheaper. */
#define UNKNOWN_MAX ((uint64_t)256 << 20)

struct round_sum {
	uint64_t differing;
	uint64_t received;
	unsigned int compared; /* disks */
	unsigned int tracked;
};

static bool is_written(const struct job_disk *disk)
{
	return disk->plan->source->caps & SOURCE_LIVE;
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
	if (!m->fitting)
		tracking_begin(m);
	live->reopened = false;
	live->began = control_seconds(m->orders);
	return 0;
}

/* 1: done.  0: nobody knows what was written to. */
static int bring_changes(struct migrate *m, struct job_disk *disk,
			 const char *what, struct error **err)
{
	struct extents written = {0};
	int r = 0;

	if (tracking_cut(m, disk, &written)) {
		r = freespace_grown(m, disk, &written, err);
		if (r == 0)
			r = transfer_changed_disk(
				m, disk,
				&(struct transfer_changes){&written, what},
				err);
		r = r < 0 ? r : 1;
	}
	extents_done(&written);
	/* What was noted is gone with the answer: only a comparison knows now.
	 */
	if (r < 0)
		m->live.disk[disk - m->disk].scan_rate = 0;
	return r;
}

int rounds_changed(struct migrate *m, struct job_disk *disk, const char *what,
		   struct error **err)
{
	return bring_changes(m, disk, what, err);
}

static int compare_disk(struct migrate *m, struct job_disk *disk,
			const char *what, struct round_sum *sum,
			struct error **err)
{
	struct convergence_disk *seen = &m->live.disk[disk - m->disk];
	struct pass_progress *p = &disk->progress;
	double began = control_seconds(m->orders);
	int r = transfer_compare_disk(m, disk, what, err);

	if (r < 0)
		return r;
	seen->scan_rate =
		convergence_rate(seen->scan_rate, atomic_load(&p->compared),
				 control_seconds(m->orders) - began);
	/* A disk that is smaller than a measurement. */
	if (seen->scan_rate <= 0)
		seen->scan_rate = CONVERGENCE_SLOW;
	seen->delta = atomic_load(&p->moved);
	sum->differing += atomic_load(&p->differing);
	sum->received += atomic_load(&p->received);
	sum->compared++;
	return 0;
}

/* What was written to, and no more; 0: it has to be compared. */
static int track_disk(struct migrate *m, struct job_disk *disk,
		      const char *what, struct round_sum *sum,
		      struct error **err)
{
	struct convergence_disk *seen = &m->live.disk[disk - m->disk];
	struct pass_progress *p = &disk->progress;
	double began = control_seconds(m->orders);
	int r = bring_changes(m, disk, what, err);

	if (r <= 0)
		return r;
	seen->move_rate =
		convergence_rate(seen->move_rate, atomic_load(&p->moved),
				 control_seconds(m->orders) - began);
	seen->delta = atomic_load(&p->moved);
	sum->differing += seen->delta;
	sum->received += atomic_load(&p->received);
	sum->tracked++;
	return 1;
}

/* The first round compares, because that is what the last one will do: so its
 * time is known, and so is what the notes are worth. */
static bool is_tracked(const struct migrate *m, const struct job_disk *disk)
{
	const struct convergence_disk *seen = &m->live.disk[disk - m->disk];

	return m->live.tracked[disk - m->disk] && seen->scan_rate > 0 &&
	       seen->unknown < UNKNOWN_MAX;
}

static int do_disk(struct migrate *m, struct job_disk *disk, const char *what,
		   struct round_sum *sum, struct error **err)
{
	struct extents covered = {0};
	int r;

	if (is_tracked(m, disk)) {
		r = track_disk(m, disk, what, sum, err);
		if (r != 0)
			return r < 0 ? r : 0;
	} else {
		/* What is compared need not be brought over again. */
		(void)tracking_cut(m, disk, &covered);
		extents_done(&covered);
	}
	return compare_disk(m, disk, what, sum, err);
}

static const char *mode_of(const struct migrate *m, const struct round_sum *sum)
{
	if (m->fitting)
		return "files compared";
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
		   c->round, mode_of(m, sum), (double)sum->differing / MB,
		   (double)(m->fitting ? sum->differing : sum->received) / MB,
		   forecast_time(m->live.round_s, took, sizeof(took)),
		   forecast_time(c->predicted_s, predicted, sizeof(predicted)),
		   forecast_time(c->budget_s, budget, sizeof(budget)));
	report_rounds(m->report, &rounds);
}

/* Whatever was written between the two sessions, nobody noted. */
static void begin_again(struct migrate *m)
{
	report_say(m->report,
		   "the line to the source was lost: nobody noted what was "
		   "written meanwhile, so all of it is compared");
	tracking_begin(m);
	m->live.reopened = false;
	for (size_t i = 0; i < m->count; i++)
		m->live.disk[i].scan_rate = 0;
}

int rounds_once(struct migrate *m, enum convergence_verdict *ret_verdict,
		struct error **err)
{
	struct live *live = &m->live;
	struct round_sum sum = {0};
	double began = control_seconds(m->orders);
	char what[32];
	int r;

	if (!control_rest(m->orders))
		return error_set(err, ERROR_ABORTED, 0, "stopped by order");
	r = live_connect(m, err);
	if (r == 0 && live->reopened && !m->fitting)
		begin_again(m);
	if (r == 0)
		r = machine_sync(live->machine, err);
	(void)snprintf(what, sizeof(what),
		       "round %u:", live->convergence.round + 1);
	if (r == 0 && m->fitting)
		r = filepass_round(m, &sum.differing, err);
	for (size_t i = 0; r == 0 && !m->fitting && i < m->count; i++)
		if (is_written(&m->disk[i]) || !live->disk[i].scan_rate)
			r = do_disk(m, &m->disk[i], what, &sum, err);
	if (r < 0)
		return r;
	for (size_t i = 0; !m->fitting && i < m->count; i++)
		live->disk[i].unknown = forecast_unknown(&m->disk[i]);
	live->round_s = control_seconds(m->orders) - began;
	*ret_verdict =
		convergence_round(&live->convergence, live->disk, m->count);
	tell_round(m, &sum);
	return 0;
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

	r = forecast_begin(m, err);
	if (r < 0)
		return r;
	/* Nothing of a rehearsal could be ordered but its end. */
	if (!rehearsal_asked(m))
		control_phase(m->orders, CONTROL_OPEN);
	r = run_until_verdict(m, &verdict, err);
	/* Who is not stopped was promised nothing. */
	if (r < 0 || verdict == CONVERGENCE_REACHED ||
	    control_ordered(m->orders) || snapshot_asked(m))
		return r;
	(void)forecast_refuse(m, verdict, &why);
	if (m->live.cutover.when == CUTOVER_AUTO && !rehearsal_asked(m)) {
		*err = why;
		return -EAGAIN;
	}
	report_say(m->report, "%s", why->msg);
	error_free(why);
	return 0;
}
