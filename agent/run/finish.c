/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commit: from copied disks to a machine that boots.  Until its last write
 * no target disk can be started.
 */
#include "run/finish.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "disk/commit.h"
#include "disk/settle.h"
#include "disk/target.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/snapshot.h"

static int park_disk(struct migrate *m, struct job_disk *disk,
		     struct error **err)
{
	struct error *why = NULL;
	int r;

	if (!disk->open) {
		r = target_open(&disk->target, 0, &disk->open, err);
		if (r < 0)
			return r;
	}
	if (disk->parked)
		return 0;
	r = commit_park(disk->open, &disk->record, disk->sector0, &why);
	if (r == 0) {
		disk->parked = true;
		return 0;
	}
	if (r != -ENOSPC) {
		if (err)
			*err = why;
		return r;
	}
	/* A power cut in the next milliseconds would need the source again,
	 * no more than that. */
	log_warn("finish",
		 "%s: %s; a power cut in this moment would need the "
		 "source again, nothing else is lost",
		 disk->target.path, why->msg);
	error_free(why);
	disk->unparked = true;
	(void)m;
	return 0;
}

/* The kernel looks at the disk again, for the hand-over: its partitions were
 * not there while sector 0 held the record. */
static void reread_table(const char *path)
{
	const char *reread[] = {"blockdev", "--rereadpt", path, NULL};
	const struct process process = {.argv = reread, .timeout_s = 30};

	(void)process_run(&process, NULL, NULL);
	settle();
}

static int commit_disk(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	int r;

	if (disk->unparked)
		r = commit_write(disk->open, disk->sector0, err);
	else
		r = commit_finish(disk->open, &disk->record, err);
	if (r < 0)
		return error_wrap(err, "%s", disk->target.path);
	report_say(m->report, "%s: complete", disk->target.path);
	target_close(disk->open);
	disk->open = NULL;
	if (m->machine)
		reread_table(disk->target.path);
	return 0;
}

/* Parked in the order of the commit: when the boot disk says so, all of them
 * do. */
static int park_all(struct migrate *m, struct error **err)
{
	for (int boot = 0; boot < 2; boot++)
		for (size_t i = 0; i < m->count; i++)
			if (m->disk[i].record.boot == (boot == 1) &&
			    park_disk(m, &m->disk[i], err) < 0)
				return error_wrap(err, "%s",
						  m->disk[i].target.path);
	return 0;
}

/* The next start would finish it without asking the source, which is not what
 * was copied any more.  What can't be undone is no matter for a retry. */
static void unpark_all(struct migrate *m, struct error **err)
{
	for (size_t i = 0; i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];
		struct error *why = NULL;

		if (!disk->parked ||
		    commit_unpark(disk->open, &disk->record, &why) == 0) {
			disk->parked = false;
			continue;
		}
		(void)error_wrap(&why, "%s", disk->target.path);
		if (disk->record.state == RECORD_COMMIT)
			(void)error_wrap(&why,
					 "a copy that is out of date is ready "
					 "to be committed, and this could not "
					 "be undone: give the next start "
					 "another lander.job=");
		error_gather(&why, *err);
		*err = why;
	}
}

/* One that runs may be the machine again, if we lost it; a clone of snapshots
 * is of a moment that is over, and its source goes on. */
static bool is_held(const struct migrate *m)
{
	return m->live.on && !m->live.fenced && !snapshot_asked(m);
}

/* Looked at before any record says "commit", which is believed without the
 * source, and in the last moment in which it may still be the machine. */
static int park_checked(struct migrate *m, struct error **err)
{
	int r = is_held(m) ? live_held(m, err) : 0;

	if (r < 0)
		return r;
	r = park_all(m, err);
	if (r == 0 && is_held(m))
		r = live_held(m, err);
	if (r < 0 && is_held(m))
		unpark_all(m, err);
	return r;
}

int finish_commit(struct migrate *m, struct error **err)
{
	if (park_checked(m, err) < 0)
		return -EIO;
	m->committing = true;
	for (int boot = 0; boot < 2; boot++)
		for (size_t i = 0; i < m->count; i++)
			if (m->disk[i].record.boot == (boot == 1) &&
			    commit_disk(m, &m->disk[i], err) < 0)
				return -EIO;
	return 0;
}

const struct job_disk *finish_boot_disk(const struct migrate *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].record.boot)
			return &m->disk[i];
	return m->count ? &m->disk[0] : NULL;
}
