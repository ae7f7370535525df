/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mode=file: its passes, at the stages at which a copy of disks has its own.
 * What holds a source still, when, and for how long is asked of the same rooms
 * as there.  Nothing is believed of an earlier start but what the file systems
 * themselves say.
 */
#include "run/filepass.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "config/config.h"
#include "files/files.h"
#include "guest/steps.h"
#include "plan/convergence.h"
#include "run/control.h"
#include "run/fileopen.h"
#include "run/fitting.h"
#include "run/fitting_names.h"
#include "run/migrate.h"
#include "run/newdisks.h"
#include "run/obstacle.h"
#include "run/opening.h"
#include "run/report.h"
#include "source/machine.h"

/* Of a number of the forecast that has none here. */
#define NO_TIME 1e18

/* --- one pass ------------------------------------------------------------ */

static uint64_t used_on(const struct migrate *m)
{
	const struct rootfs *tree = &m->fitting->tree;
	uint64_t sum = 0;

	for (size_t i = 0; i < tree->count; i++)
		sum += tree->part[i].used;
	return sum;
}

static void tell_notes(struct migrate *m, const struct files_result *result)
{
	if (result->note[FILES_NOTE_CHANGED])
		report_say(m->report,
			   "%" PRIu64 " files changed while they were read, or "
			   "were gone; the next pass sees to them",
			   result->note[FILES_NOTE_CHANGED]);
	if (result->note[FILES_NOTE_PLAIN])
		report_say(m->report,
			   "%" PRIu64 " files are left out, since FAT has none "
			   "of their kind; the log names them",
			   result->note[FILES_NOTE_PLAIN]);
	obstacle_seen(m, result);
}

/* Full: where, the error says. */
static void explain_full(struct migrate *m, const struct error *error)
{
	if (error->kind == ERROR_TARGET && error->code == ENOSPC)
		report_say(m->report,
			   "a line 'part PLACE size=…' gives it more room, and "
			   "makes the layout anew; lander.exclude= leaves "
			   "something out of the one that is there");
}

static int pass(struct migrate *m, enum files_kind kind, const char *label,
		struct files_result *ret, struct error **err)
{
	struct pass_progress *p = &m->fitting->progress;
	int r;

	memset(p, 0, sizeof(*p));
	atomic_store(&p->total, used_on(m));
	report_watch(m->report, label, p);
	r = files_pass(m->fitting->files, kind, ret, err);
	/* What was guessed by what is used is known now. */
	if (r == 0)
		atomic_store(&p->total, atomic_load(&p->done));
	report_watch(m->report, NULL, NULL);
	m->received += ret->bytes;
	m->data += ret->bytes;
	if (m->count)
		m->disk[0].received += ret->bytes;
	if (r == 0 && kind != FILES_VERIFY)
		tell_notes(m, ret);
	if (r < 0)
		explain_full(m, *err);
	return r;
}

int filepass_full(struct migrate *m, struct error **err)
{
	struct files_result result = {0};
	int r = 0;

	/* As opening does: first what can be refused, for all of them. */
	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = opening_claim(m, &m->disk[i], err);
	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = opening_begin(m, &m->disk[i], err);
	if (r == 0)
		r = newdisks_open(m, err);
	if (r == 0)
		r = fileopen_open(m, err);
	if (r == 0)
		r = pass(m, FILES_COPY, "copying files", &result, err);
	if (r < 0)
		return r;
	report_say(m->report,
		   "%" PRIu64 " files and directories are there, %.1f MB of "
		   "contents came, %.0f s",
		   result.entries, (double)result.bytes / 1e6, result.seconds);
	for (size_t i = 0; i < m->count; i++)
		m->disk[i].copied = true;
	return 0;
}

/* --- a source that runs -------------------------------------------------- */

void filepass_forecast(struct migrate *m)
{
	double seconds = control_seconds(m->orders) - m->live.began;
	struct convergence_disk *seen_of = &m->live.disk[0];

	for (size_t i = 0; i < m->count; i++)
		m->live.disk[i] = (struct convergence_disk){
			.scan_rate = NO_TIME, .read_rate = NO_TIME};
	seen_of->move_rate = convergence_rate(0, m->data, seconds);
	/* Until a pass has compared. */
	seen_of->scan_rate = 0;
}

int filepass_round(struct migrate *m, uint64_t *ret_bytes, struct error **err)
{
	struct convergence_disk *all = &m->live.disk[0];
	bool deep = all->scan_rate <= 0;
	double began = control_seconds(m->orders);
	struct files_result result;
	char what[32];
	double seconds;
	int r;

	(void)snprintf(what, sizeof(what), "round %u: files",
		       m->live.convergence.round + 1);
	r = pass(m, deep ? FILES_DEEP : FILES_COPY, what, &result, err);
	if (r < 0)
		return r;
	seconds = control_seconds(m->orders) - began;
	if (deep) {
		all->size = result.hashed + result.bytes;
		all->scan_rate = convergence_rate(0, all->size, seconds);
		if (all->scan_rate <= 0)
			all->scan_rate = CONVERGENCE_SLOW;
	}
	all->move_rate =
		convergence_rate(all->move_rate, result.bytes, seconds);
	all->delta = result.bytes;
	/* The last pass walks over everything as this one did. */
	m->live.convergence.fixed_s += seconds - m->fitting->walk_s;
	m->fitting->walk_s = seconds;
	*ret_bytes = result.bytes;
	return 0;
}

int filepass_final(struct migrate *m, struct error **err)
{
	struct files_result result;
	int r = pass(m, FILES_COPY, "final: files", &result, err);

	if (r == 0 && machine_lost(m->live.machine))
		r = error_set(err, ERROR_NETWORK, 0,
			      "the session that holds the source was lost");
	/* It became so in the last moment: no comparison would succeed. */
	if (r == 0 && obstacle_is(m))
		r = obstacle_error(m, err);
	return r;
}

/* --- verify -------------------------------------------------------------- */

/* What is compared is to be what the disks hold, with names and owners: else
 * what was written a moment ago is only remembered.  The live system has no
 * disk of its own that would be slower for it. */
static void forget_caches(const struct migrate *m)
{
	int fd;

	if (!m->machine)
		return;
	sync();
	fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "3", 1) != 1)
		log_warn("files", "names and owners are compared as they are "
				  "remembered, not as they are on the disks");
	if (fd >= 0)
		(void)close(fd);
}

/* What can't be read can't be equal, and neither comes once more. */
static int compare(struct migrate *m, uint64_t *ret_different,
		   struct files_result *ret, struct error **err)
{
	int r;

	forget_caches(m);
	r = pass(m, FILES_VERIFY, "verifying files", ret, err);
	if (r < 0)
		return r;
	*ret_different = ret->note[FILES_NOTE_DIFFERENT];
	if (!ret->note[FILES_NOTE_UNREADABLE])
		return 0;
	obstacle_seen(m, ret);
	/* A round that goes by sizes and times would not see it. */
	if (m->live.on)
		m->live.disk[0].scan_rate = 0;
	return obstacle_error(m, err);
}

static int mend(struct migrate *m, uint64_t different, struct error **err)
{
	struct files_result result;
	int r;

	report_say(m->report,
		   "%" PRIu64 " files are not what the source has; their "
		   "contents come once more",
		   different);
	r = pass(m, FILES_DEEP, "mending files", &result, err);
	return r == 0 && obstacle_is(m) ? obstacle_error(m, err) : r;
}

int filepass_verify(struct migrate *m, struct error **err)
{
	struct files_result result;
	uint64_t different = 0;
	int r;

	if (!m->live.held)
		control_phase(m->orders, CONTROL_COPIED);
	if (!m->live.on && obstacle_is(m))
		return obstacle_error(m, err);
	r = compare(m, &different, &result, err);
	if (r == 0 && different) {
		r = mend(m, different, err);
		if (r == 0)
			r = compare(m, &different, &result, err);
	}
	if (r == 0 && different)
		r = obstacle_different(m, different, err);
	if (r < 0)
		return r;
	report_say(m->report,
		   "%" PRIu64 " files and directories are equal to the "
		   "source%s, the contents of %" PRIu64 " by SHA-256",
		   result.entries, m->live.held ? ", which stands still" : "",
		   result.compared);
	for (size_t i = 0; i < m->count; i++)
		m->disk[i].verified = true;
	return 0;
}

/* --- the end ------------------------------------------------------------- */

/* Its files say where the new system finds its file systems. */
static int rename_all(struct migrate *m, struct error **err)
{
	struct steps steps = {0};
	int r;

	r = fitting_names(m, m->fitting->tree.directory, &steps, err);
	m->fitting->rebuild = r > 0;
	for (size_t i = 0; i < steps.count; i++)
		if (steps.step[i].outcome != STEP_SKIPPED)
			report_say(m->report, "  %-7s %s: %s",
				   steps_word(steps.step[i].outcome),
				   steps.step[i].name, steps.step[i].text);
	steps_free(&steps);
	return r < 0 ? r : 0;
}

int filepass_finish(struct migrate *m, struct error **err)
{
	int r = files_finish(m->fitting->files, err);

	files_close(m->fitting->files);
	m->fitting->files = NULL;
	if (r == 0)
		r = rename_all(m, err);
	return r < 0 ? r : newdisks_unmount(m, err);
}

void filepass_close(struct migrate *m)
{
	if (!m->fitting)
		return;
	files_close(m->fitting->files);
	m->fitting->files = NULL;
	newdisks_drop(m);
}
