/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stages, in order, in one table; what a failure means at each of them.
 * A failure deletes nothing: the record on the disk lets the next start go on.
 */
#include "run/migrate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/parse.h"
#include "boot/firmware.h"
#include "config/config.h"
#include "config/config_check.h"
#include "config/secret.h"
#include "copy/chunkmap.h"
#include "copy/throttle.h"
#include "disk/stage.h"
#include "disk/target.h"
#include "guest/platform.h"
#include "plan/check.h"
#include "run/breakpoint.h"
#include "run/control.h"
#include "run/conversion.h"
#include "run/cutover.h"
#include "run/fence.h"
#include "run/filepass.h"
#include "run/finish.h"
#include "run/fitting.h"
#include "run/freespace.h"
#include "run/live.h"
#include "run/livescript.h"
#include "run/obstacle.h"
#include "run/probe.h"
#include "run/proof.h"
#include "run/rehearsal.h"
#include "run/report.h"
#include "run/rounds.h"
#include "run/sources.h"
#include "run/transfer.h"

struct stage_row {
	const char *name;
	int (*run)(struct migrate *m, struct error **err);
	bool (*wanted)(const struct migrate *m); /* NULL: always */
	bool last_too; /* also when only a cut commit is finished */
	const char *hint;
};

static int run_probe(struct migrate *m, struct error **err)
{
	int r = config_check(m->config, err);

	m->begun = r == 0;
	if (r == 0)
		r = livescript_pre(m, err);
	if (r == 0)
		r = probe_key(m, err);
	if (r == 0)
		r = probe_disks(m, err);
	if (r == 0 && m->finishing &&
	    (config_switch(m->config, CONFIG_DRYRUN) || rehearsal_asked(m))) {
		m->planned_only = true;
		report_say(m->report, "%s: nothing was written",
			   rehearsal_asked(m) ? "rehearsal" : "dry run");
	}
	if (r < 0 || m->finishing || m->arrived)
		return r;
	return sources_open(m, err);
}

static int run_check(struct migrate *m, struct error **err)
{
	int r;

	if (m->machine)
		m->plan.platform =
			firmware_started_uefi() ? PLATFORM_UEFI : PLATFORM_BIOS;
	m->plan.any_platform = config_is(m->config, CONFIG_CONVERT, "none");
	m->plan.new_platform = config_is(m->config, CONFIG_FIRMWARE, "convert");
	if (rehearsal_check(m, err) < 0)
		return -EINVAL;
	r = check_plan(&m->plan, memory_available(), err);
	if (r == 0)
		r = fitting_check(m, err);
	return r < 0 ? r : live_check(m, err);
}

static int run_plan(struct migrate *m, struct error **err)
{
	char *text = NULL;
	int r = fitting_print(m, &text, err);

	if (r < 0)
		return r;
	report_keep(m->report, true);
	report_text(m->report, text);
	free(text);
	r = live_tell(m, err);
	if (r == 0)
		r = freespace_begin(m, err);
	report_keep(m->report, false);
	if (r < 0)
		return r;
	if (config_switch(m->config, CONFIG_DRYRUN)) {
		m->planned_only = true;
		report_say(m->report, "dry run: nothing was written");
		return 0;
	}
	m->disk = calloc(m->plan.count, sizeof(*m->disk));
	if (!m->disk)
		return error_memory(err);
	for (size_t i = 0; i < m->plan.count; i++) {
		m->disk[i].plan = &m->plan.disk[i];
		r = blockdev_copy(&m->plan.disk[i].target, &m->disk[i].target,
				  err);
		if (r < 0)
			return r;
		m->count++;
	}
	return rounds_begin(m, err);
}

static bool is_live(const struct migrate *m)
{
	return m->live.on;
}

static bool is_fenced(const struct migrate *m)
{
	return m->live.machine && !config_is(m->config, CONFIG_FENCE, "none");
}

static int run_full(struct migrate *m, struct error **err)
{
	return m->fitting ? filepass_full(m, err) : transfer_full(m, err);
}

static int run_verify(struct migrate *m, struct error **err)
{
	if (m->fitting && !m->live.on)
		return filepass_verify(m, err);
	return m->live.on ? cutover_verify(m, err) : transfer_verify(m, err);
}

static int run_commit(struct migrate *m, struct error **err)
{
	int r;

	control_phase(m->orders, CONTROL_COMMIT);
	r = finish_commit(m, err);
	if (r == 0)
		cutover_finish(m);
	return r;
}

static const char again[] = "mend what the message names and start again: it "
			    "goes on where it stopped";

static const struct stage_row stages[] = {
	{"probe", run_probe, NULL, true,
	 "check the source's address, that its server runs, and this machine's "
	 "network (ip=); then start again"},
	{"check", run_check, NULL, false,
	 "change what the message names; nothing was written"},
	{"plan", run_plan, NULL, false, "start again"},
	{"full", run_full, NULL, false, again},
	{"delta", rounds_run, is_live, false,
	 "allow more with lander.downtime=, or order the cutover yourself "
	 "(lander.cutover=manual), or start again when the source writes less: "
	 "what is on the target is kept"},
	{CUTOVER_STAGE, cutover_run, is_live, false,
	 "mend what the message names and start again: what is on the target "
	 "is kept"},
	{"verify", run_verify, NULL, false,
	 "check the target disk and this machine's memory, and start again: "
	 "what differs is copied again"},
	{"convert", conversion_run, NULL, false,
	 "start again: only this step is done again; lander.convert=none skips "
	 "it"},
	{"fence", fence_source, is_fenced, false,
	 "see in what state the source is, then start again; "
	 "lander.fence=none leaves it alone"},
	{"commit", run_commit, NULL, true,
	 "check the target disk and start again: the commit is finished "
	 "without the source"},
};

static const char *target_state(const struct migrate *m)
{
	if (m->committing)
		return "the target is inside its commit; the next start "
		       "finishes it without the source";
	if (m->touched)
		return "the target is incomplete and cannot be booted by "
		       "mistake; what is on it is kept for the next start";
	return "the target disks were not touched";
}

/* What the stage advises is for its own trouble. */
static const char *hint_of(const struct migrate *m,
			   const struct stage_row *stage,
			   const struct error *error)
{
	enum error_kind kind = error->kind;

	if (kind == ERROR_CONFIG)
		return "correct the parameter; lander.explain shows every "
		       "value and where it came from";
	if (kind == ERROR_ABORTED)
		return m->touched ? "start again when it suits: what is on the "
				    "target is kept"
				  : "start again when it suits";
	if (kind == ERROR_NETWORK && m->touched && stage->run != fence_source)
		return again;
	if (kind == ERROR_NETWORK && !m->touched &&
	    (error->code == EKEYREJECTED || error->code == EACCES))
		return "see to the key that is named, then start again";
	if (kind == ERROR_NETWORK && !m->touched)
		return stages[0].hint;
	if (obstacle_advice(m))
		return obstacle_advice(m);
	if (kind == ERROR_REFUSED && stage == stages)
		return stages[1].hint;
	if (m->fitting && stage->run == conversion_run)
		return again;
	/* Its own is for rounds that do not end. */
	if (stage->run == rounds_run && kind != ERROR_CONVERGE)
		return again;
	/* The commit's own is for one that has begun. */
	if (stage->run == run_commit && !m->committing)
		return again;
	return stage->hint;
}

static void fail(struct migrate *m, const struct stage_row *stage,
		 const struct error *error)
{
	struct report_failure failure = {.stage = stage->name,
					 .error = error,
					 .target = target_state(m),
					 .source = live_words(m),
					 .hint = hint_of(m, stage, error)};

	report_failed(m->report, &failure);
}

static bool is_skipped(const struct migrate *m, const struct stage_row *stage)
{
	if (m->arrived || m->planned_only)
		return true;
	if (m->finishing && !stage->last_too)
		return true;
	return stage->wanted && !stage->wanted(m);
}

/* Where a running source that did not stand still is taken up again. */
static size_t cutover_stage(void)
{
	size_t i = 0;

	while (strcmp(stages[i].name, CUTOVER_STAGE))
		i++;
	return i;
}

static int run_stages(struct migrate *m)
{
	size_t i = 0;

	while (i < sizeof(stages) / sizeof(*stages)) {
		const struct stage_row *stage = &stages[i++];
		struct error *error = NULL;
		int status = 0;

		if (is_skipped(m, stage))
			continue;
		report_stage(m->report, stage->name);
		if (!atomic_load(m->stop))
			status = breakpoint_stop(m, stage->name,
						 target_state(m), &error);
		/* With the source off, only the end of it helps anybody. */
		if (status == 0 && atomic_load(m->stop) && !m->live.fenced)
			(void)error_set(&error, ERROR_ABORTED, 0,
					"stopped by order");
		else if (status == 0)
			status = stage->run(m, &error);
		if (status > 0)
			i = cutover_stage();
		if (status >= 0 && !error)
			continue;
		if (!error)
			(void)error_set(&error, ERROR_INTERNAL, 0,
					"a failure without a reason");
		/* First of all: everything that is told can wait. */
		live_release(m);
		control_phase(m->orders, CONTROL_ENDED);
		fail(m, stage, error);
		if (m->begun)
			livescript_fail(m, stage->name, error);
		status = (int)error->kind;
		error_free(error);
		return status;
	}
	return 0;
}

static void say_done(const struct migrate *m)
{
	const struct job_disk *boot = finish_boot_disk(m);
	char size[32];

	if (m->planned_only || m->arrived)
		return;
	report_say(m->report, "done: %s holds the machine; %s received, %.0f s",
		   boot ? boot->target.path : "?",
		   parse_format_amount(m->received, size, sizeof(size)),
		   io_seconds() - m->began);
}

static void clean(struct migrate *m)
{
	live_done(m);
	filepass_close(m);
	for (size_t i = 0; i < m->count; i++) {
		target_close(m->disk[i].open);
		chunkmap_free(m->disk[i].map);
		usage_done(&m->disk[i].usage);
		free(m->disk[i].sector0);
		free(m->disk[i].system);
		blockdev_done(&m->disk[i].target);
	}
	free(m->disk);
	for (size_t i = 0; m->content && i < m->disks.count; i++)
		content_done(&m->content[i]);
	free(m->content);
	free(m->system);
	blockdev_free_list(&m->disks);
	fitting_free(m->fitting);
	plan_done(&m->plan);
	secret_forget(m->luks.bytes, m->luks.length);
}

void migrate_run(const struct config *config, struct report *report,
		 struct control *orders, bool machine,
		 struct migrate_end *ret_end)
{
	struct migrate m = {.config = config,
			    .report = report,
			    .orders = orders,
			    .machine = machine,
			    .stop = control_stop(orders),
			    .began = io_seconds()};
	const struct job_disk *boot;

	*ret_end = (struct migrate_end){0};
	plan_job(config, m.job);
	report_job(report, m.job);
	control_phase(orders, CONTROL_RUNNING);
	throttle_set(control_throttle(orders),
		     config_rate(config, CONFIG_BWLIMIT));
	if (machine)
		stage_sweep();
	ret_end->status = run_stages(&m);
	ret_end->files = m.fitting != NULL;
	ret_end->retry = ret_end->status == ERROR_NETWORK;
	ret_end->dryrun = m.planned_only;
	ret_end->arrived = m.arrived;
	if (ret_end->status == 0) {
		proof_tell(&m);
		if (m.committing) {
			/* An order to abort ends only these. */
			control_phase(orders, CONTROL_ENDED);
			livescript_final(&m);
		}
		say_done(&m);
		boot = finish_boot_disk(&m);
		(void)snprintf(ret_end->boot_disk, sizeof(ret_end->boot_disk),
			       "%s", boot ? boot->target.path : "");
	}
	(void)snprintf(ret_end->job, sizeof(ret_end->job), "%s", m.job);
	clean(&m);
	control_phase(orders, CONTROL_IDLE);
}
