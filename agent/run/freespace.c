/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Free space that is not copied, as free=skip asks.  What a source calls free
 * is true for a moment: it is asked again before every pass that goes by it,
 * and only what it says while it is held still decides what the copy is.
 */
#include "run/freespace.h"

#include <stdio.h>

#include "base/error.h"
#include "base/extent.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "config/config.h"
#include "disk/freemap.h"
#include "run/control.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/machine.h"
#include "source/source.h"
#include "source/usage.h"

/* Beside what the source was, in the record: a copy without its free space is
 * not one with it. */
#define MARK 0x6672656573706163ULL

static bool is_asked(const struct migrate *m)
{
	return config_is(m->config, CONFIG_FREE, "skip");
}

/* A lost connection is made again for as long as a pass would wait for it;
 * while the source is held still, for as long as it is. */
static int ask(struct migrate *m, struct source *source, struct usage *ret,
	       struct error **err)
{
	double end = io_seconds() +
		     (double)config_seconds(m->config, CONFIG_RECONNECT);

	for (;;) {
		struct error *why = NULL;
		int r = source_usage(source, ret, &why);

		if (r == 0)
			return 0;
		if (why->kind != ERROR_NETWORK || atomic_load(m->stop) ||
		    (m->live.held && machine_lost(m->live.machine)) ||
		    io_seconds() > end) {
			*err = why;
			return r;
		}
		log_info("freespace", "%s; asking again", why->msg);
		error_free(why);
		(void)control_wait(m->orders, 1);
	}
}

static void tell_system(struct migrate *m, const struct usage_system *system)
{
	char size[32];

	if (system->asked)
		report_say(m->report,
			   "  free space of %s, %s, is not copied, as "
			   "lander.free=skip asks",
			   system->words,
			   parse_format_size(system->free, size, sizeof(size)));
	else
		report_say(m->report, "  free space is copied, too, of %s",
			   system->words);
}

static void tell_disk(struct migrate *m, const struct source *source,
		      const struct usage *usage)
{
	for (size_t i = 0; i < usage->count; i++)
		tell_system(m, &usage->system[i]);
	if (!usage->count)
		report_say(m->report,
			   "  lander.free=skip leaves nothing out of %s: no "
			   "file system on it is mounted there",
			   source->name);
}

int freespace_begin(struct migrate *m, struct error **err)
{
	for (size_t i = 0; is_asked(m) && i < m->plan.count; i++) {
		struct source *source = m->plan.disk[i].source;
		struct usage usage = {0};
		int r = ask(m, source, &usage, err);

		if (r < 0)
			return r;
		tell_disk(m, source, &usage);
		usage_done(&usage);
		if (source->state)
			source->state ^= MARK;
	}
	if (is_asked(m))
		report_say(m->report,
			   "  what is left out reads as zeroes on the target");
	return 0;
}

int freespace_ask(struct migrate *m, struct job_disk *disk, struct error **err)
{
	struct usage *usage = &disk->usage;
	int r;

	usage_done(usage);
	if (!is_asked(m))
		return 0;
	r = ask(m, disk->plan->source, usage, err);
	if (r < 0)
		return r;
	log_info("freespace", "%s: %llu bytes in %zu places are free",
		 disk->plan->source->name,
		 (unsigned long long)extents_total(&usage->free),
		 usage->free.count);
	return 0;
}

int freespace_grown(struct migrate *m, struct job_disk *disk,
		    struct extents *ret, struct error **err)
{
	struct extents before = disk->usage.free;
	const struct extents *now = &disk->usage.free;
	int r;

	disk->usage.free = (struct extents){0};
	r = freespace_ask(m, disk, err);
	for (size_t i = 0; r == 0 && i < now->count; i++)
		r = extents_subtract(&before, now->range[i].offset,
				     now->range[i].length, err);
	for (size_t i = 0; r == 0 && i < before.count; i++)
		r = extents_add(ret, before.range[i].offset,
				before.range[i].length, err);
	extents_done(&before);
	return r;
}

static int check_systems(const struct job_disk *disk, struct extents *left,
			 struct error **err)
{
	struct freemap map = {.target = disk->open, .left = left};
	int r = 0;

	for (size_t i = 0; r == 0 && i < disk->usage.count; i++) {
		map.start = disk->usage.system[i].start;
		if (disk->usage.system[i].asked && disk->usage.system[i].free)
			r = freemap_check(&map, err);
	}
	if (r == 0 && left->count)
		r = error_set(
			err, ERROR_VERIFY, 0,
			"%s: the source called %llu bytes free, from %llu "
			"on, and the copied file system calls them used",
			disk->target.path,
			(unsigned long long)extents_total(left),
			(unsigned long long)left->range[0].offset);
	return r;
}

int freespace_verify(struct migrate *m, struct job_disk *disk,
		     struct error **err)
{
	const struct extents *all = &disk->usage.free;
	struct extents left = {0};
	char size[32];
	int r = 0;

	if (!all->count)
		return 0;
	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = extents_add(&left, all->range[i].offset,
				all->range[i].length, err);
	if (r == 0)
		r = check_systems(disk, &left, err);
	extents_done(&left);
	if (r == 0)
		report_say(m->report,
			   "%s: %s were left out, and the copied file systems "
			   "call all of it free",
			   disk->target.path,
			   parse_format_size(extents_total(all), size,
					     sizeof(size)));
	return r;
}

const char *freespace_but(const struct job_disk *disk, char *buf, size_t room)
{
	uint64_t bytes = extents_total(&disk->usage.free);
	char size[32];

	*buf = '\0';
	if (bytes)
		(void)snprintf(buf, room, ", but for %s of free space",
			       parse_format_size(bytes, size, sizeof(size)));
	return buf;
}
