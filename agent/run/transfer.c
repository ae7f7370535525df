/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The data: full passes, rounds and verify, with the record that lets the next
 * start go on.  What a record claims is believed only after the disk was read
 * again and its digest agrees; else, where the source can say its hashes, what
 * is there is compared with it, and only what differs comes over.
 */
#include "run/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/parse.h"
#include "config/config.h"
#include "copy/chunkmap.h"
#include "copy/pass.h"
#include "disk/target.h"
#include "run/control.h"
#include "run/freespace.h"
#include "run/migrate.h"
#include "run/opening.h"
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
		.skip = &disk->usage.free,
		/* A source that stands still is read as fast as it can be: the
		 * limit would only lengthen its downtime. */
		.throttle = m->live.held ? NULL : control_throttle(m->orders),
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

static void begin_pass(struct migrate *m, struct job_disk *disk,
		       const char *what, struct pass *ret_pass)
{
	char text[96];

	memset(&disk->progress, 0, sizeof(disk->progress));
	*ret_pass = make_pass(m, disk);
	label(m, disk, what, text, sizeof(text));
	report_watch(m->report, text, &disk->progress);
}

static void end_pass(struct migrate *m, struct job_disk *disk)
{
	report_watch(m->report, NULL, NULL);
	disk->received += atomic_load(&disk->progress.received);
	m->received += atomic_load(&disk->progress.received);
	m->data += atomic_load(&disk->progress.data);
}

/* What a kill may have left above the watermark: more than a checkpoint's
 * interval can bring. */
#define REACH ((uint64_t)8 << 30)

/* How far the target is worth reading again. */
static uint64_t find_reach(const struct job_disk *disk)
{
	const struct source *source = disk->plan->source;
	uint64_t mark = disk->record.watermark;

	if (!(source->caps & SOURCE_HASH) || !disk->resumed)
		return mark;
	return source->size - mark < REACH ? source->size : mark + REACH;
}

static int restart_map(struct job_disk *disk, struct error **err)
{
	uint64_t size = disk->plan->source->size;

	chunkmap_free(disk->map);
	disk->map = NULL;
	return chunkmap_new(size, disk->record.seed, &disk->map, err);
}

/* The digest of what was read below the watermark is the record's. */
static int is_recorded(const struct job_disk *disk, bool *ret,
		       struct error **err)
{
	uint64_t mark = disk->record.watermark;
	uint64_t count = mark / CHUNKMAP_CHUNK + (mark % CHUNKMAP_CHUNK != 0);
	struct chunkmap_digest *digest = chunkmap_digest_new(disk->map);
	uint8_t now[16];

	if (!digest)
		return error_memory(err);
	*ret = chunkmap_digest_until(digest, disk->map, count, now) &&
	       !memcmp(now, disk->record.digest, sizeof(now));
	chunkmap_digest_free(digest);
	return 0;
}

/* Reads back what an earlier start wrote: ret tells whether it is what was
 * noted. */
static int reread(struct migrate *m, struct job_disk *disk, uint64_t reach,
		  bool *ret_recorded, struct error **err)
{
	struct pass pass;
	uint8_t digest[16];
	char size[32];
	int r;

	report_say(m->report,
		   "%s holds %s of this job; reading it again instead of "
		   "copying it again",
		   disk->target.path,
		   parse_format_amount(disk->record.watermark, size,
				       sizeof(size)));
	begin_pass(m, disk, "re-reading", &pass);
	r = pass_reread(&pass, reach, digest, err);
	end_pass(m, disk);
	return r < 0 ? r : is_recorded(disk, ret_recorded, err);
}

/* Nobody writes to it, and yet it said two things of the same place. */
static int check_settled(const struct job_disk *disk, struct error **err)
{
	const struct source *source = disk->plan->source;
	uint64_t bytes = atomic_load(&disk->progress.unsettled);
	int r = source_check(disk->plan->source, err);

	if (r < 0 || !bytes || source->caps & SOURCE_LIVE)
		return r;
	return error_set(err, ERROR_SOURCE, ESTALE,
			 "%s: %llu bytes were not what their hashes had said",
			 source->name, (unsigned long long)bytes);
}

static int compare(struct migrate *m, struct job_disk *disk,
		   const struct extent *range, const char *what,
		   struct error **err)
{
	struct pass pass;
	int r;

	begin_pass(m, disk, what, &pass);
	pass.start = range->offset;
	pass.end = range->offset + range->length;
	r = pass_compare(&pass, err);
	end_pass(m, disk);
	return r;
}

static void say_differing(const struct migrate *m, const struct job_disk *disk)
{
	char part[32];
	char all[32];

	report_say(m->report, "%s: %s of %s differed from the source and %s",
		   disk->target.path,
		   parse_format_amount(atomic_load(&disk->progress.differing),
				       part, sizeof(part)),
		   parse_format_amount(atomic_load(&disk->progress.compared),
				       all, sizeof(all)),
		   atomic_load(&disk->progress.differing) ? "came over again"
							  : "nothing was sent");
}

/* What is on the disk becomes what the source is, up to reach. */
static int heal(struct migrate *m, struct job_disk *disk, uint64_t reach,
		bool recorded, struct error **err)
{
	struct extent range = {0, reach};
	int r;

	if (recorded && !disk->stale)
		range.offset = disk->record.watermark;
	range.length = reach - range.offset;
	if (!range.length)
		return 0;
	/* Only in memory: until this is done, the next start does it again. */
	disk->record.state = RECORD_COPY;
	disk->record.epoch = 0;
	disk->record.source_state = disk->plan->source->state;
	disk->copied = false;
	r = compare(m, disk, &range, "comparing", err);
	if (r < 0)
		return r;
	say_differing(m, disk);
	return check_settled(disk, err);
}

static int resume_disk(struct migrate *m, struct job_disk *disk,
		       struct error **err)
{
	uint64_t reach = find_reach(disk);
	bool recorded = false;
	int r;

	if (!reach || disk->verified)
		return 0;
	r = reread(m, disk, reach, &recorded, err);
	if (r < 0)
		return r;
	if (disk->plan->source->caps & SOURCE_HASH) {
		r = heal(m, disk, reach, recorded, err);
	} else if (!recorded) {
		r = opening_forget(disk, opening_not_recorded, err);
		return r < 0 ? r : restart_map(disk, err);
	}
	/* A complete disk that reads as recorded is verified. */
	if (r == 0 && disk->copied) {
		memcpy(disk->digest, disk->record.digest, sizeof(disk->digest));
		disk->verified = true;
	}
	return r;
}

static int copy_disk(struct migrate *m, struct job_disk *disk,
		     struct error **err)
{
	struct pass pass;
	int r;

	r = restart_map(disk, err);
	if (r == 0)
		r = freespace_ask(m, disk, err);
	if (r == 0)
		r = resume_disk(m, disk, err);
	if (r < 0 || disk->copied)
		return r;
	if (disk->record.watermark < disk->plan->source->size) {
		begin_pass(m, disk, "copying", &pass);
		pass.start = disk->record.watermark;
		r = pass_full(&pass, err);
		end_pass(m, disk);
	}
	if (r == 0)
		r = source_check(disk->plan->source, err);
	if (r < 0)
		return r;
	disk->copied = true;
	disk->record.state = RECORD_VERIFY;
	return target_write_record(disk->open, &disk->record, err);
}

/* Its kernel has ceased to count writes: what it counts later tells nothing of
 * those before.  The next start compares. */
static void doubt_source(struct job_disk *disk, const struct error *err)
{
	if (!err || err->kind != ERROR_SOURCE || err->code != EOPNOTSUPP)
		return;
	disk->record.source_state = 0;
	(void)target_write_record(disk->open, &disk->record, NULL);
}

int transfer_full(struct migrate *m, struct error **err)
{
	int r;

	/* First what can be refused, for all of them.  Then every target loses
	 * its old first sector before any of them gets data: none of them can
	 * be started by mistake from here on. */
	for (size_t i = 0; i < m->count; i++) {
		r = opening_claim(m, &m->disk[i], err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < m->count; i++) {
		r = opening_begin(m, &m->disk[i], err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < m->count; i++) {
		if (m->disk[i].verified)
			continue;
		r = copy_disk(m, &m->disk[i], err);
		if (r < 0)
			doubt_source(&m->disk[i], err ? *err : NULL);
		if (r < 0)
			return m->count > 1 ? error_wrap(err, "%s",
							 m->disk[i].target.path)
					    : r;
	}
	return 0;
}

int transfer_compare_disk(struct migrate *m, struct job_disk *disk,
			  const char *what, struct error **err)
{
	struct extent all = {0, disk->plan->source->size};
	int r = freespace_ask(m, disk, err);

	return r < 0 ? r : compare(m, disk, &all, what, err);
}

int transfer_changed_disk(struct migrate *m, struct job_disk *disk,
			  const struct transfer_changes *changes,
			  struct error **err)
{
	struct pass pass;
	int r;

	begin_pass(m, disk, changes->what, &pass);
	r = pass_changed(&pass, changes->extents, err);
	end_pass(m, disk);
	return r;
}

int transfer_verify_disk(struct migrate *m, struct job_disk *disk,
			 struct error **err)
{
	struct pass pass;
	int r;

	begin_pass(m, disk, "verifying", &pass);
	r = pass_verify(&pass, disk->digest, err);
	end_pass(m, disk);
	disk->verified = r == 0;
	return r;
}

static int note_verified(struct job_disk *disk, struct error **err)
{
	disk->record.state = RECORD_STAGE;
	memcpy(disk->record.digest, disk->digest, sizeof(disk->digest));
	/* The rounds of a source that goes on need it. */
	if (!(disk->plan->source->caps & SOURCE_LIVE)) {
		chunkmap_free(disk->map);
		disk->map = NULL;
	}
	return target_write_record(disk->open, &disk->record, err);
}

int transfer_verify(struct migrate *m, struct error **err)
{
	char but[80];

	control_phase(m->orders, CONTROL_COPIED);
	for (size_t i = 0; i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];
		bool earlier = disk->record.state == RECORD_COMMIT ||
			       disk->record.epoch > 0;
		int r = 0;

		if (!disk->verified)
			r = transfer_verify_disk(m, disk, err);
		if (r == 0)
			r = freespace_verify(m, disk, err);
		if (r == 0 && disk->record.state == RECORD_VERIFY)
			r = note_verified(disk, err);
		if (r < 0)
			return r;
		report_say(m->report,
			   "%s: read back and equal to the source%s%s",
			   disk->target.path,
			   freespace_but(disk, but, sizeof(but)),
			   earlier ? ", at an earlier start" : "");
	}
	return 0;
}
