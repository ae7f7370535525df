/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Conversion: the stage devices of all disks of the job at once, because a
 * system may lie on several of them.  Nothing that it does makes a disk
 * bootable.
 */
#include "run/conversion.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "config/config.h"
#include "disk/commit.h"
#include "disk/stage.h"
#include "disk/table.h"
#include "disk/target.h"
#include "run/filepass.h"
#include "run/migrate.h"
#include "run/refit.h"
#include "run/rehearsal.h"
#include "run/release.h"
#include "run/report.h"
#include "run/scripts.h"
#include "run/system.h"

/* From here on the disk differs from the source, and no digest can tell how. */
static int note_conversion(struct job_disk *disk, struct error **err)
{
	if (disk->record.epoch)
		return 0;
	disk->record.epoch = 1;
	return target_write_record(disk->open, &disk->record, err);
}

/* A disk whose first sector is parked, because the commit was cut before the
 * boot disk's was: it is part of the system all the same. */
static int fetch_parked(struct job_disk *disk, struct error **err)
{
	return disk->parked ? commit_fetch(disk->open, &disk->record,
					   disk->sector0, err)
			    : 0;
}

static int open_stage(struct migrate *m, struct job_disk *disk,
		      struct error **err)
{
	struct stage_disk stage = {disk->target.path, disk->target.name,
				   disk->sector0, 0};
	int r = fetch_parked(disk, err);

	if (r == 0)
		r = rehearsal_asked(m) ? rehearsal_room(m, &stage.room, err)
				       : note_conversion(disk, err);
	if (r < 0)
		return r;
	/* The stage device claims the disk; ours would be in its way. */
	target_close(disk->open);
	disk->open = NULL;
	r = stage_open(&stage, &disk->stage, err);
	if (r < 0)
		return r;
	r = table_move_backup(disk->stage->device, err);
	if (r < 0)
		return r;
	if (r == 0)
		report_say(m->report,
			   "%s: the backup partition table moved to the end "
			   "of the larger disk",
			   disk->target.path);
	return 0;
}

/* keep: sector 0 as conversion left it becomes the disk's. */
static int close_stage(struct job_disk *disk, bool keep, struct error **err)
{
	void *sector0 = NULL;
	int r = stage_close(disk->stage, &sector0, err);

	disk->stage = NULL;
	if (r < 0 || !keep) {
		free(sector0);
		return r;
	}
	free(disk->sector0);
	disk->sector0 = sector0;
	return target_open(&disk->target, 0, &disk->open, err);
}

static bool is_left(const struct migrate *m, const struct job_disk *disk)
{
	return config_is(m->config, CONFIG_CONVERT, "none") ||
	       !disk->target.is_block;
}

static int convert_all(struct migrate *m, struct error **err)
{
	bool staged = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];

		if (disk->stage && !is_left(m, disk))
			r = 0; /* of file mode, in it since its first byte */
		else if (!is_left(m, disk))
			r = open_stage(m, disk, err);
		else
			report_say(m->report, "%s: left as it was copied",
				   disk->target.path);
		if (r < 0)
			return error_wrap(err, "%s", disk->target.path);
		staged = staged || (disk->stage && !is_left(m, disk));
	}
	if (!staged)
		return scripts_refuse(m, err);
	r = refit_disk(m, err);
	return r < 0 ? r : system_convert(m, err);
}

int conversion_run(struct migrate *m, struct error **err)
{
	bool keep;
	int r;

	release_watch(m);
	r = m->fitting ? filepass_finish(m, err) : 0;
	if (r == 0)
		r = convert_all(m, err);
	release_end(m);
	if (rehearsal_asked(m))
		r = rehearsal_judge(m, r, err);
	keep = r == 0 && !rehearsal_asked(m);

	for (size_t i = 0; i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];
		struct error *why = NULL;

		if (!disk->stage ||
		    close_stage(disk, keep && !disk->parked, &why) == 0)
			continue;
		(void)error_wrap(&why, "%s", disk->target.path);
		if (r == 0 && err)
			*err = why;
		else
			error_free(why);
		r = r < 0 ? r : -EIO;
	}
	return r;
}
