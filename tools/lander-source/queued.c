/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Discards of many ranges.  Where a disk takes several in one request, the
 * event of its end tells the first range's place and the length of all, so
 * these are noted when they are asked for.  That is before they are done: each
 * is told at the CUT that follows and at the one after.
 * Source: block/blk-merge.c, bio_attempt_discard_merge(), Linux 4.11 and later.
 */
#include "lander-source/queued.h"

#include "lander-source/file.h"
#include "lander-source/ring.h"
#include "lander-source/text.h"
#include "lander-source/tracker.h"

#define SECTOR	   512U
#define QUEUED_MAX 65536U
#define KNOWN_MAX  64U

struct queued {
	uint32_t disk;
	bool old; /* a CUT has told it once */
	uint64_t begin;
	uint64_t end; /* bytes */
};

static struct queued list[QUEUED_MAX];
static unsigned int count;

/* Partitions and their disks. */
static struct {
	uint32_t dev;
	uint32_t disk; /* WIRE_DISKS_MAX: none of ours */
} known[KNOWN_MAX];
static unsigned int knows;

static uint32_t encode(const char *number)
{
	uint64_t major = 0;
	uint64_t minor = 0;
	const char *at = text_number(number, &major);

	if (!at || *at != ':' || !text_number(at + 1, &minor))
		return 0;
	return (uint32_t)(major << 20 | (minor & 0xfffff));
}

static uint32_t find_disk(const struct tracker *tracker, uint32_t dev)
{
	uint32_t disk = 0;

	while (disk < WIRE_DISKS_MAX &&
	       (!tracker->disk[disk].on || tracker->disk[disk].dev != dev))
		disk++;
	return disk;
}

/* By its own number, or that of the disk it is a part of. */
static uint32_t disk_of(const struct tracker *tracker, uint32_t dev)
{
	char number[32];
	char line[32];
	struct text text;
	uint32_t disk = find_disk(tracker, dev);

	if (disk < WIRE_DISKS_MAX)
		return disk;
	for (unsigned int i = 0; i < knows; i++)
		if (known[i].dev == dev)
			return known[i].disk;
	text_begin(&text, number, sizeof(number));
	text_add_number(&text, dev >> 20);
	text_add(&text, ":");
	text_add_number(&text, dev & 0xfffff);
	(void)file_read_line(line, sizeof(line), "/sys/dev/block/", number,
			     "/../dev", NULL);
	if (line[0])
		disk = find_disk(tracker, encode(line));
	if (knows < KNOWN_MAX) {
		known[knows].dev = dev;
		known[knows].disk = disk;
		knows++;
	}
	return disk;
}

bool queued_note(struct tracker *tracker, const struct ring_event *event)
{
	uint64_t begin = event->sector * SECTOR;
	uint64_t end = begin + (uint64_t)event->count * SECTOR;
	uint32_t disk = disk_of(tracker, event->dev);

	if (disk == WIRE_DISKS_MAX)
		return true;
	dirty_mark(&tracker->disk[disk].dirty, begin, end - begin);
	if (count && list[count - 1].disk == disk && !list[count - 1].old &&
	    list[count - 1].end == begin)
		list[count - 1].end = end;
	else if (count == QUEUED_MAX)
		return false;
	else
		list[count++] = (struct queued){disk, false, begin, end};
	return true;
}

void queued_repeat(struct tracker *tracker, uint32_t disk)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct queued *one = &list[i];

		if (one->disk == disk && one->old)
			dirty_mark(&tracker->disk[disk].dirty, one->begin,
				   one->end - one->begin);
		else
			list[kept++] = *one;
	}
	count = kept;
}

void queued_age(uint32_t disk)
{
	/* Numbers of partitions come and go. */
	knows = 0;
	for (unsigned int i = 0; i < count; i++)
		if (list[i].disk == disk)
			list[i].old = true;
}
