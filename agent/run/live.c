/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The source machine as a whole: held still, let go, switched off.  It is
 * touched only in the ways that the plan has printed, and every way out of a
 * job lets it go on, but the one that fenced it as asked.
 */
#include "run/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "config/config.h"
#include "run/contact.h"
#include "run/control.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/snapshot.h"
#include "source/machine.h"
#include "source/source.h"

/* A start that comes later than this after at: comes too late for it. */
#define LATE_S 3600

static struct machine_stillness stillness(const struct live *live)
{
	static const enum wire_quiesce kind[] = {
		[QUIESCE_AUTO] = WIRE_QUIESCE_AUTO,
		[QUIESCE_FREEZE] = WIRE_QUIESCE_FREEZE,
		[QUIESCE_READONLY] = WIRE_QUIESCE_READONLY,
		[QUIESCE_STOP] = WIRE_QUIESCE_AUTO,
		[QUIESCE_SNAPSHOT] = WIRE_QUIESCE_SNAPSHOT};

	return (struct machine_stillness){.kind = kind[live->quiesce.way],
					  .units = live->quiesce.units};
}

int live_connect(struct migrate *m, struct error **err)
{
	double end = io_seconds() +
		     (double)config_seconds(m->config, CONFIG_RECONNECT);
	double pause = 1;

	if (m->live.machine && !machine_lost(m->live.machine))
		return 0;
	machine_close(m->live.machine);
	m->live.machine = NULL;
	for (;;) {
		struct error *why = NULL;
		int r = contact_open(m, &m->live.machine, &why);

		if (r == 0) {
			m->live.reopened = true;
			return 0;
		}
		if (why->kind != ERROR_NETWORK || atomic_load(m->stop) ||
		    io_seconds() + pause > end) {
			*err = why;
			return r;
		}
		log_info("live", "%s; trying again in %.0f s", why->msg, pause);
		error_free(why);
		(void)control_wait(m->orders, pause);
		pause = pause < 15 ? pause * 2 : 15;
	}
}

/* The i-th of all source disks, those without a target of their own, too. */
static const struct plan_disk *source_disk(const struct migrate *m, size_t i)
{
	if (i < m->plan.count)
		return &m->plan.disk[i];
	i -= m->plan.count;
	return m->fitting && i < m->fitting->besides ? &m->fitting->beside[i]
						     : NULL;
}

/* The writers of the first disk that has any. */
static const struct plan_disk *find_written(const struct migrate *m)
{
	const struct plan_disk *disk;

	for (size_t i = 0; (disk = source_disk(m, i)); i++)
		if (disk->source->caps & SOURCE_LIVE)
			return disk;
	return NULL;
}

static int check_time(struct live *live, struct error **err)
{
	double left = (double)(live->cutover.at - (int64_t)time(NULL));

	if (live->cutover.when != CUTOVER_AT)
		return 0;
	if (left < -LATE_S)
		return error_set(err, ERROR_REFUSED, 0,
				 "lander.cutover: that time is over by this "
				 "machine's clock, by %.0f min: name another "
				 "one",
				 -left / 60);
	/* From here on a clock that is set does not move it. */
	live->deadline = io_seconds() + left;
	return 0;
}

static int read_words(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;
	int r = cutover_parse(config_text(m->config, CONFIG_CUTOVER),
			      &live->cutover, err);

	if (r == 0)
		r = cutover_quiesce_parse(
			config_text(m->config, CONFIG_QUIESCE), &live->quiesce,
			err);
	return r;
}

/* Nobody may write to it: asked before anything is written here. */
static int check_still(struct migrate *m, struct error **err)
{
	const struct machine_stillness how = stillness(&m->live);
	char *text = NULL;
	int r = machine_prepare(m->live.machine, &how, &text, err);

	if (r == 0 && snapshot_asked(m))
		snapshot_tell_removed(m, text);
	free(text);
	return r < 0 ? error_wrap(err, "lander.quiesce=%s",
				  config_text(m->config, CONFIG_QUIESCE))
		     : r;
}

/* A job that was told to wait for somebody does not go on unasked to the end
 * of the source. */
static int check_idle(const struct migrate *m, struct error **err)
{
	if (config_is(m->config, CONFIG_FENCE, "none") ||
	    config_is(m->config, CONFIG_CUTOVER, "auto"))
		return 0;
	return error_set(err, ERROR_REFUSED, 0,
			 "lander.cutover=%s: nobody writes to the disks of the "
			 "source now, so that there is no cutover to wait for, "
			 "and lander.fence=%s would be done as soon as they "
			 "are copied: leave one of the two out",
			 config_text(m->config, CONFIG_CUTOVER),
			 config_text(m->config, CONFIG_FENCE));
}

int live_check(struct migrate *m, struct error **err)
{
	const struct plan_disk *written = find_written(m);
	struct live *live = &m->live;
	int r = read_words(m, err);

	if (r < 0)
		return r;
	live->on = written;
	if (written && live->quiesce.way == QUIESCE_NONE)
		return error_set(err, ERROR_REFUSED, EBUSY,
				 "%s: %s; lander.quiesce=none does not stop "
				 "who writes there",
				 written->source->name,
				 written->source->writers
					 ? written->source->writers
					 : "somebody may write to it");
	if (!written && config_is(m->config, CONFIG_FENCE, "none"))
		return 0;
	r = written ? check_time(live, err) : check_idle(m, err);
	if (r == 0)
		r = live_connect(m, err);
	if (r == 0)
		r = check_still(m, err);
	return r;
}

static void tell_when(struct migrate *m)
{
	const struct live *live = &m->live;
	const char *downtime = config_text(m->config, CONFIG_DOWNTIME);
	double left = live->deadline - io_seconds();

	if (live->cutover.when == CUTOVER_AUTO)
		report_say(m->report,
			   "  then, as soon as it can stand still for no more "
			   "than %s:",
			   downtime);
	else if (live->cutover.when == CUTOVER_MANUAL)
		report_say(m->report,
			   "  then, when 'cutover' is ordered (%s of downtime "
			   "are thought of):",
			   downtime);
	else
		report_say(m->report,
			   "  then, %s, which is in %.0f min by this machine's "
			   "clock, if no more than %s of downtime is "
			   "predicted:",
			   config_text(m->config, CONFIG_CUTOVER) + 3,
			   left > 0 ? left / 60 : 0, downtime);
}

static void tell_end(struct migrate *m)
{
	if (config_switch(m->config, CONFIG_REHEARSE))
		report_say(m->report,
			   "    (not in a rehearsal: the source is only read)");
	if (config_is(m->config, CONFIG_FENCE, "none"))
		report_say(m->report,
			   "    before the commit: nothing; after it the "
			   "source goes on, a second machine with the same "
			   "identity (lander.fence=poweroff would prevent "
			   "that)");
	else
		report_say(m->report, "    before the commit: fence, %s",
			   config_text(m->config, CONFIG_FENCE));
}

int live_tell(struct migrate *m, struct error **err)
{
	const struct machine_stillness how = stillness(&m->live);
	const struct plan_disk *written = find_written(m);
	char *text = NULL;
	char *save = NULL;
	int r;

	if (!written && !config_is(m->config, CONFIG_CUTOVER, "auto"))
		report_say(m->report,
			   "nobody writes to the disks of the source: "
			   "lander.cutover=%s has nothing to wait for, and the "
			   "job goes on to its end",
			   config_text(m->config, CONFIG_CUTOVER));
	if (!m->live.machine)
		return 0;
	if (!written) {
		report_say(m->report, "  before the commit: fence, %s",
			   config_text(m->config, CONFIG_FENCE));
		return 0;
	}
	r = machine_prepare(m->live.machine, &how, &text, err);
	if (r < 0)
		return r;
	report_say(m->report, "the source is in use: %s",
		   written->source->writers ? written->source->writers
					    : "somebody may write to it");
	report_say(m->report,
		   "  it is copied while it runs, then what changed meanwhile, "
		   "in at most %s rounds",
		   config_text(m->config, CONFIG_ROUNDS));
	if (snapshot_asked(m)) {
		snapshot_tell(m, text);
		free(text);
		return 0;
	}
	tell_when(m);
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		report_say(m->report, "    %s", line);
	free(text);
	report_say(m->report, "    %s",
		   m->fitting ? "compare every file with the target's once more"
			      : "compare all of it once more, read the target "
				"back");
	tell_end(m);
	return 0;
}

int live_hold(struct migrate *m, struct error **err)
{
	const struct machine_stillness how = stillness(&m->live);
	struct live *live = &m->live;
	const struct plan_disk *disk;
	char *text = NULL;
	int r;

	if (snapshot_asked(m))
		return snapshot_take(m, err);
	control_phase(m->orders, CONTROL_STOPPED);
	live->held = true;
	live->held_since = io_seconds();
	live->held_at = time(NULL);
	r = machine_quiesce(live->machine, &how, &text, err);
	if (r == 0) {
		report_say(m->report, "the source is quiesced:");
		report_text(m->report, text);
	}
	free(text);
	for (size_t i = 0; r == 0 && (disk = source_disk(m, i)); i++)
		r = source_mark(disk->source, err);
	return r;
}

int live_held(struct migrate *m, struct error **err)
{
	const struct plan_disk *disk;
	int r;

	if (snapshot_asked(m))
		return snapshot_held(m, err);
	r = machine_still(m->live.machine, err);
	if (r == 0 && machine_lost(m->live.machine))
		r = error_set(err, ERROR_NETWORK, 0,
			      "the session that holds it was lost");
	for (size_t i = 0; r == 0 && (disk = source_disk(m, i)); i++)
		r = source_check(disk->source, err);
	if (r == 0 || !err)
		return r;
	/* Whether it did, nobody has asked to the end. */
	if ((*err)->kind == ERROR_ABORTED)
		return r;
	/* Another try may pass. */
	(*err)->kind = ERROR_NETWORK;
	return error_wrap(err, "the source did not stand still to the end");
}

void live_release(struct migrate *m)
{
	struct live *live = &m->live;
	struct error *why = NULL;
	char *text = NULL;
	int r;

	if (!live->held || live->fenced)
		return;
	if (snapshot_asked(m)) {
		snapshot_release(m);
		return;
	}
	r = machine_thaw(live->machine, &text, &why);
	live->held = false;
	live->held_for = io_seconds() - live->held_since;
	if (r == 0)
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was quiesced for %.1f s and runs "
			       "again",
			       live->held_for);
	else if (live->doubtful)
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was told to be off, as "
			       "lander.fence asks, and nobody knows whether it "
			       "is: it may be off");
	else
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was quiesced; it did not say that "
			       "it runs again (%.120s) and does so by itself "
			       "%u s after it heard from here last",
			       why->msg, WIRE_RENEW_S);
	if (r == 0 && text && strstr(text, "not "))
		report_text(m->report, text);
	log_info("live", "%s", live->words);
	free(text);
	error_free(why);
}

const char *live_words(const struct migrate *m)
{
	if (*m->live.words)
		return m->live.words;
	return m->begun ? "the source was only read"
			: "the source was not contacted";
}

void live_done(struct migrate *m)
{
	machine_close(m->live.machine);
	cutover_quiesce_done(&m->live.quiesce);
	free(m->live.disk);
	free(m->live.tracked);
}
