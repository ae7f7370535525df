/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The downtime: the source is held still, and nothing that was read before
 * counts until every block was compared again.  It never holds the source
 * longer than it was asked to without saying so, and never commits what it is
 * not sure of.
 */
#include "run/cutover.h"

#include <errno.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "config/config.h"
#include "copy/pass.h"
#include "run/control.h"
#include "run/filepass.h"
#include "run/forecast.h"
#include "run/freespace.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/obstacle.h"
#include "run/rehearsal.h"
#include "run/report.h"
#include "run/rounds.h"
#include "run/snapshot.h"
#include "run/status.h"
#include "run/tracking.h"
#include "run/transfer.h"
#include "source/machine.h"

#define MB    1000000.0
#define TRIES 3U

/* Between two rounds that only keep up, seconds: no longer than the last one
 * took, so that the source is read half of the time at most. */
#define PAUSE_MIN_S 15.0
#define PAUSE_MAX_S 600.0
/* The last round before the time begins so much earlier than it took. */
#define AHEAD 1.2

static double pause_for(const struct live *live)
{
	double pause = live->round_s;

	if (pause < PAUSE_MIN_S)
		pause = PAUSE_MIN_S;
	return pause > PAUSE_MAX_S ? PAUSE_MAX_S : pause;
}

static bool is_time(const struct live *live)
{
	return live->cutover.when == CUTOVER_AT &&
	       io_seconds() >= live->deadline;
}

/* How long until the next round, so that one ends just before the time. */
static double next_pause(const struct live *live)
{
	double pause = pause_for(live);
	double left = live->deadline - io_seconds() - AHEAD * live->round_s;

	if (live->cutover.when != CUTOVER_AT)
		return pause;
	if (left <= 0)
		return live->deadline - io_seconds();
	return left < pause ? left : pause;
}

static void say_waiting(struct migrate *m)
{
	report_state(m->report, "awaiting-cutover");
	if (m->live.cutover.when == CUTOVER_AT)
		report_say(m->report,
			   "waiting for %s; 'cutover' and Enter does it "
			   "at once",
			   config_text(m->config, CONFIG_CUTOVER) + 3);
	else
		report_say(m->report,
			   "waiting for the order: type 'cutover' and Enter on "
			   "a console, or run lander cutover; 'abort' gives "
			   "up");
}

/* Rounds go on; one that has just ended is not repeated before its pause. */
static int wait_for_order(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;
	enum convergence_verdict verdict;
	int r = 0;

	if (live->cutover.when == CUTOVER_AUTO || control_ordered(m->orders))
		return 0;
	say_waiting(m);
	while (r == 0 && !is_time(live) &&
	       !control_wait(m->orders, next_pause(live))) {
		if (atomic_load(m->stop))
			r = error_set(err, ERROR_ABORTED, 0,
				      "stopped by order");
		else if (!is_time(live))
			r = rounds_once(m, &verdict, err);
	}
	report_state(m->report, "running");
	return r;
}

/* A promise to who is not there; a warning to who is. */
static int check_promise(struct migrate *m, struct error **err)
{
	const struct convergence *c = &m->live.convergence;
	struct error *why = NULL;

	if (c->predicted_s <= c->budget_s || snapshot_asked(m))
		return 0;
	(void)forecast_refuse(m, CONVERGENCE_ROUNDS, &why);
	if (!control_ordered(m->orders)) {
		*err = why;
		return -EAGAIN;
	}
	report_say(m->report, "warning: %s; the order counts", why->msg);
	error_free(why);
	return 0;
}

/* Somebody is there who may see to it, or rounds are left. */
static bool may_wait(const struct migrate *m)
{
	const struct live *live = &m->live;

	if (control_ordered(m->orders) || live->cutover.when == CUTOVER_MANUAL)
		return true;
	return live->cutover.when == CUTOVER_AUTO &&
	       live->convergence.round < live->convergence.rounds_max;
}

/* A downtime for a comparison that can't succeed is none worth having. */
static int wait_for_files(struct migrate *m, struct error **err)
{
	enum convergence_verdict verdict;
	int r = 0;

	if (!obstacle_is(m))
		return 0;
	if (may_wait(m))
		obstacle_begin(m);
	report_state(m->report, "awaiting-source");
	while (r == 0 && obstacle_is(m)) {
		if (!may_wait(m))
			r = obstacle_error(m, err);
		else
			control_pass(m->orders, pause_for(&m->live));
		if (r == 0 && atomic_load(m->stop))
			r = error_set(err, ERROR_ABORTED, 0,
				      "stopped by order");
		if (r == 0)
			r = rounds_once(m, &verdict, err);
	}
	report_state(m->report, "running");
	return r;
}

static int compare_all(struct migrate *m, struct error **err)
{
	int r = 0;
	bool known;

	if (m->fitting)
		return filepass_final(m, err);
	for (size_t i = 0; r == 0 && i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];

		r = rounds_changed(m, disk, "final:", err);
		known = r > 0;
		if (r >= 0)
			r = transfer_compare_disk(m, disk, "final:", err);
		if (r == 0 && machine_lost(m->live.machine))
			r = error_set(err, ERROR_NETWORK, 0,
				      "the session that holds the source was "
				      "lost");
		if (r < 0)
			return error_wrap(err, "%s", disk->target.path);
		/* Swap and LVM's own area are not what they were. */
		if (known && !snapshot_asked(m))
			tracking_judge(m, disk);
		log_info("cutover", "%s: %.1f MB differed at the last compare",
			 disk->target.path,
			 (double)atomic_load(&disk->progress.differing) / MB);
	}
	return 0;
}

/* They are of no more use, and every write there costs two. */
static int copy_snapshots(struct migrate *m, struct error **err)
{
	int r;

	report_say(m->report, "snapshots of the source are made; it goes on");
	r = live_hold(m, err);
	if (r == 0)
		r = compare_all(m, err);
	if (r == 0)
		r = live_held(m, err);
	else
		r = snapshot_explain(m, r, err);
	live_release(m);
	return r;
}

/* A pause makes old what the last round found: another one comes first. */
static int settle(struct migrate *m, struct error **err)
{
	enum convergence_verdict verdict;
	int r = 0;

	while (r == 0 && !control_settle(m->orders)) {
		do
			r = rounds_once(m, &verdict, err);
		while (r == 0 && verdict == CONVERGENCE_GO_ON &&
		       !control_ordered(m->orders));
		if (r == 0)
			r = wait_for_files(m, err);
		if (r == 0)
			r = check_promise(m, err);
	}
	return r;
}

static int hold_and_compare(struct migrate *m, struct error **err)
{
	char predicted[32];
	int r;

	r = live_connect(m, err);
	if (r == 0)
		r = settle(m, err);
	if (r < 0)
		return r;
	if (snapshot_asked(m))
		return copy_snapshots(m, err);
	report_say(m->report, "stopping the source; predicted downtime %s",
		   forecast_time(m->live.convergence.predicted_s, predicted,
				 sizeof(predicted)));
	r = live_hold(m, err);
	if (r == 0)
		r = compare_all(m, err);
	if (r == 0)
		r = live_held(m, err);
	return r;
}

/* Whether what failed may pass when it is done again. */
static bool may_pass(const struct migrate *m, const struct error *error)
{
	bool files = obstacle_is(m) && obstacle_advice(m);

	return (error->kind == ERROR_NETWORK || files) &&
	       !atomic_load(m->stop) && m->live.tries < TRIES;
}

/* What was compared is worth nothing: let it go on, and keep up with it. */
static int go_back(struct migrate *m, struct error **err)
{
	enum convergence_verdict verdict;

	live_release(m);
	report_say(m->report, "%s; %s; going back to the rounds (try %u of %u)",
		   (*err)->msg, live_words(m), m->live.tries + 1, TRIES);
	error_clear(err);
	control_phase(m->orders,
		      rehearsal_asked(m) ? CONTROL_RUNNING : CONTROL_OPEN);
	return rounds_once(m, &verdict, err);
}

/* Tracked rounds leave parts that nobody has a hash of; reading back needs
 * all of them. */
static int rehearse(struct migrate *m, struct error **err)
{
	int r = 0;

	report_say(m->report, "rehearsal: the source is not stopped, so the "
			      "copy is of many moments");
	for (size_t i = 0; r == 0 && i < m->count; i++)
		if (forecast_unknown(&m->disk[i]))
			r = transfer_compare_disk(m, &m->disk[i],
						  "rehearsal:", err);
	return r;
}

int cutover_run(struct migrate *m, struct error **err)
{
	int r = 0;

	if (rehearsal_asked(m) && !snapshot_asked(m))
		return rehearse(m, err);
	for (;;) {
		if (!rehearsal_asked(m))
			r = wait_for_order(m, err);
		if (r == 0)
			r = wait_for_files(m, err);
		if (r == 0)
			r = check_promise(m, err);
		if (r < 0)
			return r;
		m->live.tries++;
		r = hold_and_compare(m, err);
		if (r == 0 || !may_pass(m, *err))
			return r;
		r = go_back(m, err);
		if (r < 0)
			return r;
	}
}

static const char *what_it_equals(const struct migrate *m)
{
	if (snapshot_asked(m))
		return "the snapshots of the source";
	return rehearsal_asked(m) ? "what was read"
				  : "the source, which stands still";
}

int cutover_verify(struct migrate *m, struct error **err)
{
	char but[80];
	int r = 0;

	if (!m->live.held)
		control_phase(m->orders, CONTROL_COPIED);
	if (m->fitting)
		r = filepass_verify(m, err);
	for (size_t i = 0; r == 0 && !m->fitting && i < m->count; i++)
		r = transfer_verify_disk(m, &m->disk[i], err);
	if (r < 0 && obstacle_is(m) && m->live.held && may_pass(m, *err)) {
		r = go_back(m, err);
		return r < 0 ? r : CUTOVER_AGAIN;
	}
	if (r < 0)
		return r;
	if (!rehearsal_asked(m) && !snapshot_asked(m)) {
		r = live_held(m, err);
		if (r < 0 && may_pass(m, *err)) {
			r = go_back(m, err);
			return r < 0 ? r : CUTOVER_AGAIN;
		}
		for (size_t i = 0; r == 0 && !m->fitting && i < m->count; i++)
			r = freespace_verify(m, &m->disk[i], err);
	}
	for (size_t i = 0; r == 0 && !m->fitting && i < m->count; i++)
		report_say(m->report, "%s: read back and equal to %s%s",
			   m->disk[i].target.path, what_it_equals(m),
			   freespace_but(&m->disk[i], but, sizeof(but)));
	return r;
}

void cutover_finish(struct migrate *m)
{
	struct live *live = &m->live;
	const struct convergence *c = &live->convergence;
	struct status_rounds rounds = {.round = c->round,
				       .predicted_s = c->predicted_s,
				       .budget_s = c->budget_s};
	char predicted[32];
	char downtime[32];

	if (snapshot_asked(m))
		report_say(m->report,
			   "a clone of the source as it was at %s; the source "
			   "goes on, and what it has written since is not in "
			   "it: two machines with one identity",
			   snapshot_time(m));
	if (!live->on || !live->held)
		return;
	live->downtime = io_seconds() - live->held_since;
	rounds.downtime_s = live->downtime;
	report_say(m->report,
		   "downtime %s from the quiesce to the commit, predicted %s",
		   forecast_time(live->downtime, downtime, sizeof(downtime)),
		   forecast_time(c->predicted_s, predicted, sizeof(predicted)));
	report_rounds(m->report, &rounds);
	if (live->fenced)
		return;
	live_release(m);
	report_say(m->report,
		   "%s: from now on there are two machines with one identity; "
		   "switch it off before this one starts its services",
		   live_words(m));
}
