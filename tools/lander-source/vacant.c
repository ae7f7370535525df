/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one file system calls free, in whole chunks.  Only what it says in so
 * many words counts: a gap in its answer is used, and so is all of it when the
 * answer makes no sense.
 * Sources: ioctl_getfsmap(2); linux/fsmap.h.
 */
#include "lander-source/vacant.h"

#include <sys/stat.h>

#include <errno.h>
#include <linux/fs.h>
#include <linux/fsmap.h>
#include <stdbool.h>
#include <string.h>

#include "lander-source/system_control.h"

#define RECORDS	 1024U
#define LIMIT_MS 30000
/* ext4 of 1 KiB blocks begins at block 1: its answers were wrong by one, and
 * the question could crash the kernel, until 6.3 (read, not run). */
#define BLOCK_MIN 2048

/* A test builds it with another one, to see that it would be found out. */
#ifndef VACANT_OWNER
#define VACANT_OWNER FMR_OWN_FREE
#endif

/* Of another kernel's making than ours, and just as long. */
static struct {
	struct fsmap_head head;
	struct fsmap record[RECORDS];
} question;

void vacant_begin(struct vacant *vacant, uint64_t size)
{
	vacant->count = 0;
	vacant->size = size;
	vacant->begin = 0;
	vacant->end = 0;
	vacant->last = 0;
}

void vacant_settle(struct vacant *vacant)
{
	uint64_t begin = vacant->begin;
	uint64_t end = vacant->end;

	vacant->begin = 0;
	vacant->end = 0;
	if (begin < vacant->last)
		begin = vacant->last;
	begin += (WIRE_CHUNK - begin % WIRE_CHUNK) % WIRE_CHUNK;
	end -= end % WIRE_CHUNK;
	/* What is too much to tell is used. */
	if (begin >= end || vacant->count == WIRE_USED_MAX)
		return;
	vacant->range[vacant->count][0] = begin;
	vacant->range[vacant->count][1] = end - begin;
	vacant->count++;
	vacant->last = end;
}

void vacant_note(struct vacant *vacant, uint64_t offset, uint64_t length)
{
	if (offset > vacant->size || length > vacant->size - offset)
		return;
	if (vacant->end != offset || !vacant->end) {
		vacant_settle(vacant);
		vacant->begin = offset;
	}
	vacant->end = offset + length;
}

static void ask_all(void)
{
	struct fsmap *high = &question.head.fmh_keys[1];

	memset(&question.head, 0, sizeof(question.head));
	question.head.fmh_count = RECORDS;
	high->fmr_device = ~0U;
	high->fmr_flags = ~0U;
	high->fmr_physical = ~0ULL;
	high->fmr_owner = ~0ULL;
	high->fmr_offset = ~0ULL;
}

/* 1: there was no more.  Negative: it makes no sense. */
static int take_records(const struct vacant_place *place, uint32_t device,
			uint64_t *from, struct vacant *vacant)
{
	for (uint32_t i = 0; i < question.head.fmh_entries; i++) {
		const struct fsmap *record = &question.record[i];
		uint64_t begin = record->fmr_physical;

		/* A log or realtime data elsewhere. */
		if (record->fmr_device == device) {
			if (begin < *from || begin > place->size ||
			    record->fmr_length > place->size - begin)
				return -EINVAL;
			*from = begin;
			if (record->fmr_flags & FMR_OF_SPECIAL_OWNER &&
			    record->fmr_owner == VACANT_OWNER)
				vacant_note(vacant, place->start + begin,
					    record->fmr_length);
		}
		if (record->fmr_flags & FMR_OF_LAST)
			return 1;
	}
	if (!question.head.fmh_entries)
		return 1;
	question.head.fmh_keys[0] =
		question.record[question.head.fmh_entries - 1];
	return 0;
}

static const char *ask(const struct vacant_place *place, uint32_t device,
		       struct vacant *vacant)
{
	uint64_t end = system_milliseconds() + LIMIT_MS;
	uint64_t from = 0;
	int more = 0;

	ask_all();
	while (more == 0) {
		long r = system_ioctl(place->fd, FS_IOC_GETFSMAP, &question);

		if (r == -ENOTTY || r == -EOPNOTSUPP)
			return "its kernel can't tell what is free, as Linux "
			       "4.12 can";
		if (r < 0 || question.head.fmh_entries > RECORDS ||
		    !(question.head.fmh_oflags & FMH_OF_DEV_T))
			return "it does not tell what is free";
		more = take_records(place, device, &from, vacant);
		if (more < 0)
			return "what it calls free makes no sense";
		if (system_milliseconds() > end)
			return "it took too long to tell what is free";
	}
	vacant_settle(vacant);
	return NULL;
}

const char *vacant_ask(const struct vacant_place *place, struct vacant *vacant,
		       uint64_t *ret_free)
{
	size_t count = vacant->count;
	uint64_t last = vacant->last;
	struct stat st = {0};
	int block = 0;
	const char *why;

	*ret_free = 0;
	if (system_fstat(place->fd, &st) < 0 ||
	    system_ioctl(place->fd, FIGETBSZ, &block) < 0)
		return "it can't be looked at";
	if (block < BLOCK_MIN)
		return "its blocks are too small to ask it safely";
	why = ask(place, (uint32_t)st.st_dev, vacant);
	if (why) {
		vacant_begin(vacant, vacant->size);
		vacant->count = count;
		vacant->last = last;
		return why;
	}
	for (size_t i = count; i < vacant->count; i++)
		*ret_free += vacant->range[i][1];
	return NULL;
}
