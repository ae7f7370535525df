/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data: full pass and verify, with the record that lets the next start go
 * on.  What a record claims is believed only after the disk was read again and
 * its digest agrees.
 */
#include "run/transfer.h"

#include <sys/random.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "config/config.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/target.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/source.h"

static int checkpoint(void *owner, uint64_t watermark, const uint8_t digest[16],
		      struct error **err)
{
	struct job_disk *disk = owner;

	disk->record.watermark = watermark;
	memcpy(disk->record.digest, digest, sizeof(disk->record.digest));
	return target_write_record(disk->open, &disk->record, err);
}

static struct pass make_pass(struct migrate *m, struct job_disk *disk)
{
	return (struct pass){
		.source = disk->plan->source,
		.target = disk->open,
		.map = disk->map,
		.progress = &disk->progress,
		.sector0 = disk->sector0,
		.checkpoint = checkpoint,
		.owner = disk,
		.stop = m->stop,
		.reconnect_s = (unsigned int)config_seconds(m->config,
							    CONFIG_RECONNECT),
	};
}

static void label(const struct migrate *m, const struct job_disk *disk,
		  const char *what, char *buf, size_t room)
{
	size_t number = (size_t)(disk - m->disk) + 1;

	if (m->count > 1)
		(void)snprintf(buf, room, "%s %s (%zu of %zu)", what,
			       disk->target.name, number, m->count);
	else
		(void)snprintf(buf, room, "%s %s", what, disk->target.name);
}

static bool is_resumed(const struct migrate *m, const struct job_disk *disk)
{
	const struct content *now = &disk->plan->content;

	return now->kind == CONTENT_RECORD &&
	       !strcmp(now->record.job, m->job) &&
	       now->record.source_id == disk->plan->source_id;
}

/* Old ends must not survive beside the copy: a larger disk may carry a backup
 * GPT in its last sectors. */
static int clear_tail(struct job_disk *disk, struct error **err)
{
	uint64_t end = disk->open->size;
	uint64_t from = end > (1 << 20) ? end - (1 << 20) : 0;

	if (from < disk->plan->source->size)
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
				  .boot = disk->plan->boot};
	(void)snprintf(record->job, sizeof(record->job), "%s", m->job);
	if (getrandom(&record->seed, sizeof(record->seed), 0) !=
	    (ssize_t)sizeof(record->seed))
		return error_set(err, ERROR_INTERNAL, errno, "random seed");
	m->touched = true;
	if (target_write_record(disk->open, record, err) < 0)
		return error_wrap(err, "%s", disk->target.path);
	return clear_tail(disk, err);
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
static int claim_disk(struct job_disk *disk, struct error **err)
{
	uint32_t block;
	int r;

	r = target_open(&disk->target, disk->plan->source->size, &disk->open,
			err);
	if (r == 0)
		r = check_unchanged(disk, err);
	if (r < 0)
		return r;
	block = disk->open->logical_block;
	disk->sector0 = aligned_alloc(4096, block < 4096 ? 4096 : block);
	if (!disk->sector0)
		return error_memory(err);
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

static const char not_recorded[] =
	"what is on the disk is not what the record says";

/* From the first chunk on, whatever the record says. */
static int forget(struct job_disk *disk, const char *why, struct error **err)
{
	log_warn("transfer", "%s: %s; copying from the start",
		 disk->target.path, why);
	disk->copied = false;
	disk->record.state = RECORD_COPY;
	disk->record.watermark = 0;
	disk->record.source_state = disk->plan->source->state;
	disk->record.epoch = 0;
	memset(disk->record.digest, 0, sizeof(disk->record.digest));
	return target_write_record(disk->open, &disk->record, err);
}

/* The part that is here would not fit to the rest. */
static bool source_moved_on(const struct job_disk *disk)
{
	return disk->record.state == RECORD_COPY &&
	       disk->record.source_state != disk->plan->source->state;
}

static int begin_disk(struct migrate *m, struct job_disk *disk,
		      struct error **err)
{
	int r = 0;

	if (!is_resumed(m, disk))
		return begin_record(m, disk, err);
	m->touched = true;
	disk->record = disk->plan->content.record;
	if (!is_possible(&disk->record, disk->plan->source->size))
		r = forget(disk, not_recorded, err);
	else if (source_moved_on(disk))
		r = forget(disk,
			   "the source was written to since, or started again",
			   err);
	disk->copied = disk->record.state != RECORD_COPY;
	/* A verified copy is read again, too, until the conversion changes it.
	 */
	disk->verified =
		disk->record.state == RECORD_COMMIT ||
		(disk->record.state == RECORD_STAGE && disk->record.epoch > 0);
	disk->parked = disk->record.state == RECORD_COMMIT;
	if (disk->verified && !disk->parked)
		memcpy(disk->digest, disk->record.digest, sizeof(disk->digest));
	/* The start that wrote the record may have been cut before it. */
	return r == 0 && !disk->copied ? clear_tail(disk, err) : r;
}

/* Reads back what an earlier start wrote.  1: it is not what was noted. */
static int reread(struct migrate *m, struct job_disk *disk, struct error **err)
{
	struct pass pass = make_pass(m, disk);
	uint8_t digest[16];
	char what[96];
	char size[32];
	int r;

	label(m, disk, "re-reading", what, sizeof(what));
	report_say(
		m->report,
		"%s holds %s of this job; reading it again instead of "
		"copying it again",
		disk->target.path,
		parse_format_size(disk->record.watermark, size, sizeof(size)));
	report_watch(m->report, what, &disk->progress);
	r = pass_reread(&pass, disk->record.watermark, digest, err);
	report_watch(m->report, NULL, NULL);
	if (r < 0)
		return r;
	if (!memcmp(digest, disk->record.digest, sizeof(digest)))
		return 0;
	return 1;
}

static int restart_map(struct job_disk *disk, struct error **err)
{
	uint64_t size = disk->plan->source->size;

	chunkmap_free(disk->map);
	disk->map = NULL;
	return chunkmap_new(size, disk->record.seed, &disk->map, err);
}

static int resume_disk(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	int r;

	if (!disk->record.watermark || disk->verified)
		return 0;
	r = reread(m, disk, err);
	if (r == 0) {
		/* A complete disk that reads as recorded is verified. */
		if (disk->copied) {
			memcpy(disk->digest, disk->record.digest,
			       sizeof(disk->digest));
			disk->verified = true;
		}
		return 0;
	}
	if (r < 0)
		return r;
	r = forget(disk, not_recorded, err);
	return r < 0 ? r : restart_map(disk, err);
}

static int copy_disk(struct migrate *m, struct job_disk *disk,
		     struct error **err)
{
	struct pass pass;
	char what[96];
	int r;

	r = restart_map(disk, err);
	if (r == 0)
		r = resume_disk(m, disk, err);
	if (r < 0 || disk->copied)
		return r;
	memset(&disk->progress, 0, sizeof(disk->progress));
	pass = make_pass(m, disk);
	pass.start = disk->record.watermark;
	label(m, disk, "copying", what, sizeof(what));
	report_watch(m->report, what, &disk->progress);
	r = pass_full(&pass, err);
	report_watch(m->report, NULL, NULL);
	if (r == 0)
		r = source_check(disk->plan->source, err);
	disk->received += atomic_load(&disk->progress.received);
	m->received += atomic_load(&disk->progress.received);
	if (r < 0)
		return r;
	disk->copied = true;
	disk->record.state = RECORD_VERIFY;
	return target_write_record(disk->open, &disk->record, err);
}

int transfer_full(struct migrate *m, struct error **err)
{
	int r;

	/* First what can be refused, for all of them.  Then every target loses
	 * its old first sector before any of them gets data: none of them can
	 * be started by mistake from here on. */
	for (size_t i = 0; i < m->count; i++) {
		r = claim_disk(&m->disk[i], err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < m->count; i++) {
		r = begin_disk(m, &m->disk[i], err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < m->count; i++) {
		if (m->disk[i].verified)
			continue;
		r = copy_disk(m, &m->disk[i], err);
		if (r < 0)
			return m->count > 1 ? error_wrap(err, "%s",
							 m->disk[i].target.path)
					    : r;
	}
	return 0;
}

static int verify_disk(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	struct pass pass;
	char what[96];
	int r;

	memset(&disk->progress, 0, sizeof(disk->progress));
	pass = make_pass(m, disk);
	label(m, disk, "verifying", what, sizeof(what));
	report_watch(m->report, what, &disk->progress);
	r = pass_verify(&pass, disk->digest, err);
	report_watch(m->report, NULL, NULL);
	if (r < 0)
		return r;
	disk->verified = true;
	return 0;
}

static int note_verified(struct job_disk *disk, struct error **err)
{
	disk->record.state = RECORD_STAGE;
	memcpy(disk->record.digest, disk->digest, sizeof(disk->digest));
	chunkmap_free(disk->map);
	disk->map = NULL;
	return target_write_record(disk->open, &disk->record, err);
}

int transfer_verify(struct migrate *m, struct error **err)
{
	for (size_t i = 0; i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];
		bool earlier = disk->record.state == RECORD_COMMIT ||
			       disk->record.epoch > 0;
		int r = 0;

		if (!disk->verified)
			r = verify_disk(m, disk, err);
		if (r == 0 && disk->record.state == RECORD_VERIFY)
			r = note_verified(disk, err);
		if (r < 0)
			return r;
		report_say(m->report, "%s: read back and equal to the source%s",
			   disk->target.path,
			   earlier ? ", at an earlier start" : "");
	}
	return 0;
}

int transfer_compare_disk(struct migrate *m, struct job_disk *disk,
			  const char *what, struct error **err)
{
	struct pass pass;
	char text[96];
	int r;

	memset(&disk->progress, 0, sizeof(disk->progress));
	pass = make_pass(m, disk);
	label(m, disk, what, text, sizeof(text));
	report_watch(m->report, text, &disk->progress);
	r = pass_compare(&pass, err);
	report_watch(m->report, NULL, NULL);
	disk->received += atomic_load(&disk->progress.received);
	m->received += atomic_load(&disk->progress.received);
	return r;
}

int transfer_verify_disk(struct migrate *m, struct job_disk *disk,
			 struct error **err)
{
	return verify_disk(m, disk, err);
}
