/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which blocks of a running source were written to, as its own kernel noted
 * them.  Notes save work and are no proof: the last comparison does not rest on
 * them.
 */
#include "run/tracking.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/log.h"
#include "copy/pass.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/machine.h"
#include "source/source.h"

static uint32_t number_of(const struct migrate *m, const struct job_disk *disk)
{
	return (uint32_t)(disk - m->disk);
}

static void begin_disk(struct migrate *m, const struct job_disk *disk)
{
	uint32_t number = number_of(m, disk);
	struct error *why = NULL;
	bool *tracked = &m->live.tracked[number];
	bool before = *tracked;

	*tracked = machine_track(m->live.machine, number, &why) == 0;
	if (*tracked && !before)
		report_say(m->report,
			   "%s: its machine's kernel notes what is written",
			   disk->plan->source->name);
	if (!*tracked)
		report_say(m->report,
			   "%s: rounds compare hashes; writes can't be noted "
			   "there: %s",
			   disk->plan->source->name,
			   why ? why->msg : "no reason");
	error_free(why);
}

void tracking_begin(struct migrate *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].plan->source->caps & SOURCE_LIVE)
			begin_disk(m, &m->disk[i]);
}

bool tracking_cut(struct migrate *m, const struct job_disk *disk,
		  struct extents *ret)
{
	uint32_t number = number_of(m, disk);
	struct error *why = NULL;
	char *reason = NULL;
	int r;

	if (!m->live.tracked[number])
		return false;
	r = machine_cut(m->live.machine, number, ret, &reason, &why);
	if (r < 0)
		m->live.tracked[number] = false;
	if (r < 0 || reason)
		report_say(m->report,
			   "%s: all of it is compared: the notes of its writes "
			   "have a gap: %s",
			   disk->plan->source->name, r < 0 ? why->msg : reason);
	r = r == 0 && !reason;
	free(reason);
	error_free(why);
	return r;
}

void tracking_judge(struct migrate *m, const struct job_disk *disk)
{
	uint64_t missed = atomic_load(&disk->progress.differing);

	if (!missed)
		return;
	m->live.missed += missed;
	log_warn("tracking",
		 "%s: %llu bytes had changed that its kernel's notes of writes "
		 "did not name; the last comparison found them, and they were "
		 "copied",
		 disk->plan->source->name, (unsigned long long)missed);
}
