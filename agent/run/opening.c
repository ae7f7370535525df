/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A target before its first byte: claimed, looked at once more, and with a
 * record of the job.  What an earlier start's record claims is sorted here into
 * what may count and what is to be compared; nothing of it is believed before
 * the disk was read again.
 */
#include "run/opening.h"

#include <sys/random.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "copy/chunkmap.h"
#include "disk/target.h"
#include "run/migrate.h"
#include "source/source.h"

const char opening_not_recorded[] =
	"what is on the disk is not what the record says";

static bool is_resumed(const struct migrate *m, const struct job_disk *disk)
{
	const struct content *now = &disk->plan->content;

	return now->kind == CONTENT_RECORD &&
	       now->record.files == (m->fitting != NULL) &&
	       !strcmp(now->record.job, m->job) &&
	       now->record.source_id == disk->plan->source_id;
}

/* Old ends must not survive beside the copy: a larger disk may carry a backup
 * GPT in its last sectors. */
static int clear_tail(const struct migrate *m, struct job_disk *disk,
		      struct error **err)
{
	uint64_t end = disk->open->size;
	uint64_t from = end > (1 << 20) ? end - (1 << 20) : 0;

	if (!m->fitting && from < disk->plan->source->size)
		from = disk->plan->source->size;
	if (from >= end)
		return 0;
	return target_zero(disk->open, from, end - from, err);
}

static int begin_record(struct migrate *m, struct job_disk *disk,
			struct error **err)
{
	struct record *record = &disk->record;

	*record = (struct record){.source_id = disk->plan->source_id,
				  .source_state = disk->plan->source->state,
				  .state = RECORD_COPY,
				  .files = m->fitting != NULL,
				  .boot = disk->plan->boot};
	(void)snprintf(record->job, sizeof(record->job), "%s", m->job);
	if (getrandom(&record->seed, sizeof(record->seed), 0) !=
	    (ssize_t)sizeof(record->seed))
		return error_set(err, ERROR_INTERNAL, errno, "random seed");
	m->touched = true;
	if (target_write_record(disk->open, record, err) < 0)
		return error_wrap(err, "%s", disk->target.path);
	return clear_tail(m, disk, err);
}

/* Between the probe and now another lander, or a person, may have written to
 * the disk.  Now it is ours alone: look again. */
static int check_unchanged(const struct job_disk *disk, struct error **err)
{
	const struct content *then = &disk->plan->content;
	struct content now = {0};
	int r;

	if (disk->plan->overwrite && then->kind != CONTENT_RECORD)
		return 0;
	r = content_read(&disk->target, &now, err);
	if (r < 0)
		return r;
	if (now.kind != then->kind ||
	    strcmp(now.record.job, then->record.job) ||
	    now.record.sequence != then->record.sequence ||
	    now.record.state != then->record.state)
		r = error_set(err, ERROR_REFUSED, 0,
			      "%s has changed since it was looked at: it now "
			      "holds %s",
			      disk->target.path,
			      now.text ? now.text : "something else");
	content_done(&now);
	return r;
}

/* All that can fail without a write: the disk is ours, the source answers. */
int opening_claim(const struct migrate *m, struct job_disk *disk,
		  struct error **err)
{
	uint32_t block;
	int r;

	r = target_open(&disk->target,
			m->fitting ? 0 : disk->plan->source->size, &disk->open,
			err);
	if (r == 0)
		r = check_unchanged(disk, err);
	if (r < 0)
		return r;
	block = disk->open->logical_block;
	disk->sector0 = aligned_alloc(4096, block < 4096 ? 4096 : block);
	if (!disk->sector0)
		return error_memory(err);
	memset(disk->sector0, 0, block);
	if (m->fitting)
		return 0;
	return source_pread(disk->plan->source, disk->sector0, block, 0, err);
}

/* A record with a good checksum may still say what no copy can have done. */
static bool is_possible(const struct record *record, uint64_t size)
{
	if (record->state == RECORD_COMMIT)
		return true;
	if (record->state == RECORD_COPY)
		return record->watermark == size ||
		       (record->watermark < size &&
			record->watermark % CHUNKMAP_CHUNK == 0);
	return record->watermark == size;
}

/* What is on the disk can be compared with the source without sending it. */
static bool can_compare(const struct job_disk *disk)
{
	return disk->plan->source->caps & SOURCE_HASH;
}

int opening_forget(struct job_disk *disk, const char *why, struct error **err)
{
	log_warn("transfer", "%s: %s; %s from the start", disk->target.path,
		 why, can_compare(disk) ? "comparing" : "copying");
	disk->copied = false;
	disk->stale = can_compare(disk);
	disk->record.state = RECORD_COPY;
	disk->record.watermark = 0;
	disk->record.source_state = disk->plan->source->state;
	disk->record.epoch = 0;
	memset(disk->record.digest, 0, sizeof(disk->record.digest));
	return target_write_record(disk->open, &disk->record, err);
}

/* An earlier start had begun to commit: every disk is as conversion left it,
 * and stays so.  Where the source can be compared with, that is nothing to
 * believe: a parked record does not say what the source was, and whoever used
 * it since may have left the other disks alone. */
static bool is_committing(const struct migrate *m)
{
	bool begun = false;

	for (size_t i = 0; i < m->count; i++) {
		if (can_compare(&m->disk[i]))
			return false;
		if (is_resumed(m, &m->disk[i]) &&
		    m->disk[i].plan->content.record.state == RECORD_COMMIT)
			begun = true;
	}
	return begun;
}

/* A source that can't be compared with: the part that is here would not fit to
 * the rest. */
static bool source_moved_on(const struct job_disk *disk)
{
	return disk->record.state == RECORD_COPY &&
	       disk->record.source_state != disk->plan->source->state;
}

/* Not what the source is now, or nobody can tell. */
static bool is_stale(const struct job_disk *disk)
{
	const struct source *source = disk->plan->source;

	return source->caps & SOURCE_LIVE || !source->state ||
	       disk->record.source_state != source->state ||
	       disk->record.epoch > 0;
}

static int believe(struct job_disk *disk, struct error **err)
{
	static const char moved[] =
		"the source was written to since, or started again";

	if (!is_possible(&disk->record, disk->plan->source->size))
		return opening_forget(disk, opening_not_recorded, err);
	if (!can_compare(disk))
		return source_moved_on(disk) ? opening_forget(disk, moved, err)
					     : 0;
	disk->stale = is_stale(disk);
	if (disk->record.epoch)
		log_info("transfer",
			 "%s: a conversion had begun; comparing all of it",
			 disk->target.path);
	else if (disk->stale)
		log_info("transfer", "%s: %s; comparing all of it",
			 disk->target.path, moved);
	return 0;
}

/* A source that runs has gone on since: whatever the record says, all of it is
 * compared, and what was ready to be committed is not any more. */
static void compare_again(struct job_disk *disk)
{
	/* A parked record has no room for it, and is of a whole copy. */
	if (disk->record.state == RECORD_COMMIT)
		disk->record.watermark = disk->plan->source->size;
	disk->record.state = RECORD_COPY;
	disk->record.epoch = 0;
	disk->stale = true;
}

/* What is in its file systems the passes look at; here only whether they may
 * be there.  One whose commit was cut between two disks is begun again. */
static int begin_files(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	const struct record *record = &disk->plan->content.record;

	if (!is_resumed(m, disk) || record->state == RECORD_COMMIT ||
	    !record->inline_length)
		return begin_record(m, disk, err);
	m->touched = true;
	disk->resumed = true;
	disk->record = *record;
	disk->record.state = RECORD_COPY;
	return 0;
}

int opening_begin(struct migrate *m, struct job_disk *disk, struct error **err)
{
	bool committing = !m->live.on && is_committing(m);
	int r = 0;

	if (m->fitting)
		return begin_files(m, disk, err);
	if (!is_resumed(m, disk))
		return begin_record(m, disk, err);
	m->touched = true;
	disk->resumed = true;
	disk->record = disk->plan->content.record;
	if (!committing)
		r = believe(disk, err);
	if (r == 0 && (m->live.on ||
		       (disk->record.state == RECORD_COMMIT && !committing)))
		compare_again(disk);
	disk->copied = disk->record.state != RECORD_COPY;
	/* A verified copy is read again, too, until the conversion changes it;
	 * and after that where it can be brought back. */
	disk->verified = disk->record.state == RECORD_COMMIT ||
			 (disk->record.state == RECORD_STAGE &&
			  disk->record.epoch > 0 && !disk->stale);
	disk->parked = disk->record.state == RECORD_COMMIT;
	if (disk->verified && !disk->parked)
		memcpy(disk->digest, disk->record.digest, sizeof(disk->digest));
	/* The start that wrote the record may have been cut before it. */
	return r == 0 && !disk->copied ? clear_tail(m, disk, err) : r;
}
