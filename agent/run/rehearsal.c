/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A conversion that is done for the answer only: on copies in memory, with no
 * word of it in a record.  It never commits, whatever the answer is.
 */
#include "run/rehearsal.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/parse.h"
#include "config/config.h"
#include "disk/stage.h"
#include "guest/bootcheck.h"
#include "guest/steps.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/snapshot.h"

/* A conversion writes one or two initramfs and the journals of the file
 * systems; less than this would only fail later. */
#define ROOM_MIN ((uint64_t)64 << 20)

bool rehearsal_asked(const struct migrate *m)
{
	return config_switch(m->config, CONFIG_REHEARSE);
}

int rehearsal_check(const struct migrate *m, struct error **err)
{
	for (size_t i = 0; rehearsal_asked(m) && i < m->plan.count; i++)
		if (!m->plan.disk[i].target.is_block)
			return error_set(err, ERROR_REFUSED, 0,
					 "lander.rehearse: %s is a file, and "
					 "only a disk is converted",
					 m->plan.disk[i].target.path);
	return 0;
}

int rehearsal_room(const struct migrate *m, uint64_t *ret_room,
		   struct error **err)
{
	uint64_t free_bytes = memory_available();
	char size[24];

	*ret_room = free_bytes / 2 / (m->count ? m->count : 1);
	if (*ret_room >= ROOM_MIN)
		return 0;
	return error_set(err, ERROR_CONVERT, 0,
			 "a rehearsal keeps what conversion writes in memory, "
			 "and %s that are free are too little for it; give "
			 "this machine more memory",
			 parse_format_size(free_bytes, size, sizeof(size)));
}

void rehearsal_tell(struct migrate *m, const struct steps *steps)
{
	static const char *const word[] = {"good", "unsure", "bad"};

	for (size_t i = 0; i < steps->count; i++)
		if (!strcmp(steps->step[i].name, BOOTCHECK_STEP))
			report_say(m->report, "  boot check: %-6s %s",
				   word[steps->step[i].outcome],
				   steps->step[i].text);
}

/* A copy that ran full makes every error after it a lie. */
static int check_room(const struct migrate *m, struct error **err)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct job_disk *disk = &m->disk[i];
		uint64_t used;
		char size[24];

		if (!disk->stage)
			continue;
		if (!stage_used(disk->stage, &used))
			return error_set(
				err, ERROR_CONVERT, 0,
				"%s: the copy in memory ran full, so nothing "
				"can be said; give this machine more memory. "
				"The disk is as it was",
				disk->target.path);
		report_say(m->report, "%s: conversion changed %s, in memory",
			   disk->target.path,
			   parse_format_size(used, size, sizeof(size)));
	}
	return 0;
}

/* What a verdict on such a copy is worth. */
static const char many_moments[] =
	" (but the source ran while it was copied: this is a state of many "
	"moments, that no start of it ever saw, and may be the reason)";

int rehearsal_judge(struct migrate *m, int r, struct error **err)
{
	struct error *full = NULL;

	if (check_room(m, &full) < 0) {
		error_clear(err);
		if (err)
			*err = full;
		else
			error_free(full);
		return -ENOSPC;
	}
	if (r < 0 &&
	    !(m->system && err && *err && (*err)->kind == ERROR_CONVERT))
		return r;
	if (r < 0)
		return error_wrap(
			err, "rehearsed: it would not boot%s",
			m->live.on && !snapshot_asked(m) ? many_moments : "");
	if (!m->system)
		return error_set(err, ERROR_CONVERT, 0,
				 "rehearsed: no Linux system was found on the "
				 "disks, so none was converted, and lander "
				 "can't tell whether it would boot");
	if (m->boots == BOOTCHECK_FAILS)
		return error_set(err, ERROR_CONVERT, 0,
				 "rehearsed: %s would not boot: see the boot "
				 "check above",
				 m->system);
	m->planned_only = true;
	report_say(m->report, "rehearsed: %s %s on this machine", m->system,
		   bootcheck_word(m->boots));
	report_say(m->report,
		   "the disks hold the copy as it was read; a start without "
		   "lander.rehearse goes on from here");
	if (snapshot_asked(m))
		report_say(m->report,
			   "the copy is of the source's snapshots of %s; what "
			   "it has written since is not in it",
			   snapshot_time(m));
	else if (m->live.on)
		report_say(m->report,
			   "the source ran while it was copied: the copy is of "
			   "many moments and nothing to keep; the real one is "
			   "compared with the source while that stands still");
	return 0;
}
