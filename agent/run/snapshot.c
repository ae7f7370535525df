/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A clone of a source that goes on, to try: its last round reads snapshots that
 * its LVM has made, and they are removed as soon as that is done.  Nothing is
 * stopped, so nothing is promised about downtime, nothing is fenced, and
 * everybody is told that what the source writes afterwards is not in the copy.
 */
#include "run/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "config/config.h"
#include "run/control.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/machine.h"
#include "source/source.h"

static const struct machine_stillness how = {.kind = WIRE_QUIESCE_SNAPSHOT};

bool snapshot_asked(const struct migrate *m)
{
	return m->live.on && m->live.quiesce.way == QUIESCE_SNAPSHOT;
}

const char *snapshot_time(struct migrate *m)
{
	struct live *live = &m->live;
	struct tm utc;

	live->moment[0] = '\0';
	if (live->held_at && gmtime_r(&live->held_at, &utc))
		(void)strftime(live->moment, sizeof(live->moment),
			       "%Y-%m-%dT%H:%M:%SZ", &utc);
	return live->moment;
}

void snapshot_tell(struct migrate *m, char *text)
{
	const struct live *live = &m->live;
	char *save = NULL;

	if (live->cutover.when == CUTOVER_AUTO)
		report_say(m->report, "  then, without stopping it:");
	else
		report_say(m->report, "  then, %s, without stopping it:",
			   live->cutover.when == CUTOVER_AT
				   ? config_text(m->config, CONFIG_CUTOVER)
				   : "when 'cutover' is ordered");
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		report_say(m->report, "    %s", line);
	report_say(m->report, "    compare all of it with the snapshots, read "
			      "the target back");
	report_say(m->report,
		   "    the copy is a clone to try, not the machine's move: "
		   "what the source writes after its snapshots is not in it");
}

void snapshot_tell_removed(struct migrate *m, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (strncmp(text, "removed: ", 9) == 0 ||
		    strncmp(text, "not removed: ", 13) == 0)
			report_say(m->report, "%.*s", (int)length, text);
		text += length + (text[length] != '\0');
	}
}

static int look_through(struct migrate *m, uint64_t key, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = source_view(m->disk[i].plan->source, key, err);
	return r;
}

int snapshot_take(struct migrate *m, struct error **err)
{
	struct live *live = &m->live;
	char *text = NULL;
	uint64_t key = 0;
	int r;

	control_phase(m->orders, CONTROL_STOPPED);
	live->held = true;
	live->held_since = io_seconds();
	r = machine_quiesce(live->machine, &how, &text, err);
	if (r == 0) {
		live->held_at = time(NULL);
		report_say(m->report,
			   "the source is snapshotted, %s:", snapshot_time(m));
		report_text(m->report, text);
		r = machine_view(live->machine, &key, err);
	}
	free(text);
	return r == 0 ? look_through(m, key, err) : r;
}

int snapshot_held(struct migrate *m, struct error **err)
{
	int r = machine_still(m->live.machine, err);

	if (r == 0 && machine_lost(m->live.machine))
		r = error_set(err, ERROR_NETWORK, 0,
			      "the session that holds the snapshots was lost");
	if (r == 0 || !err)
		return r;
	if (r == -ENOSPC)
		return error_wrap(err,
				  "the source writes more than its volume "
				  "group has room for while it is copied: give "
				  "the group more free extents, or do this "
				  "when it writes less");
	if ((*err)->kind != ERROR_ABORTED)
		(*err)->kind = ERROR_NETWORK;
	return error_wrap(err, "the snapshots did not last to the end");
}

int snapshot_explain(struct migrate *m, int r, struct error **err)
{
	struct error *why = NULL;
	int over;

	if (r == 0 || !err || (*err)->kind == ERROR_ABORTED)
		return r;
	over = snapshot_held(m, &why);
	if (over == 0)
		return r;
	log_info("snapshot", "%s", (*err)->msg);
	error_free(*err);
	*err = why;
	return over;
}

void snapshot_release(struct migrate *m)
{
	struct live *live = &m->live;
	struct error *why = NULL;
	char *text = NULL;
	int r;

	/* Who reads a snapshot keeps it from being removed. */
	(void)look_through(m, 0, NULL);
	r = machine_thaw(live->machine, &text, &why);
	live->held = false;
	live->held_for = io_seconds() - live->held_since;
	if (r == 0)
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was not stopped; it had snapshots "
			       "for %.1f s, which are removed",
			       live->held_for);
	else
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was not stopped; it did not say "
			       "that its snapshots (lander-…) are removed "
			       "(%.120s) and does so by itself %u s after it "
			       "heard from here last",
			       why->msg, WIRE_RENEW_SNAPSHOT_S);
	if (r == 0 && text && strstr(text, "not ")) {
		(void)snprintf(live->words, sizeof(live->words),
			       "the source was not stopped; not all of its "
			       "snapshots (lander-…) could be removed yet");
		report_text(m->report, text);
	}
	log_info("snapshot", "%s", live->words);
	free(text);
	error_free(why);
}
