/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which blocks of a disk are written to, from the kernel's own trace of the
 * requests that are done; a process of its own reads that (tracker.c).  Disks
 * whose writes are no requests are refused, and so is everything that could
 * change without one.  Writes of raw commands (SG_IO, NVMe passthrough) are
 * seen by nobody: who copies compares hashes at the end.
 */
#include "lander-source/track.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>

#include "lander-source/disk.h"
#include "lander-source/file.h"
#include "lander-source/system_trace.h"
#include "lander-source/text.h"
#include "lander-source/tracker.h"

#define MAPS_MAX    ((uint64_t)64 << 20) /* bytes, of all disks' maps */
#define SHIFT_FIRST 12			 /* DIRTY_GRAIN */
#define SHIFT_LAST  30
#define ANSWER_MS   5000
#define ENDING_MS   3000
#define STEP_MS	    10

static struct tracker *tracker;
static size_t memory; /* bytes of it, and of the maps behind it */
static long child = -1;
static int line = -1;
static uint64_t asked;

static int refuse(struct text *why, int code, const char *words)
{
	text_add(why, words);
	return code;
}

/* --- which disks ------------------------------------------------------- */

static bool has(const struct disk *disk, const char *what)
{
	char path[96];
	struct text text;
	struct stat st = {0};

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/sys/dev/block/");
	text_add(&text, disk->number);
	text_add(&text, what);
	return system_stat(path, &st) == 0;
}

static bool is_zoned(const struct disk *disk)
{
	char kind[32];

	(void)file_read_line(kind, sizeof(kind), "/sys/dev/block/",
			     disk->number, "/queue/zoned", NULL);
	return kind[0] && !text_equal(kind, "none");
}

/* Drivers of requests show their queues in "mq"; the older ones, until Linux
 * 5.0, can choose a scheduler. */
static bool has_requests(const struct disk *disk)
{
	char kind[128];

	if (has(disk, "/mq"))
		return true;
	(void)file_read_line(kind, sizeof(kind), "/sys/dev/block/",
			     disk->number, "/queue/scheduler", NULL);
	return text_find(kind, "[") && !text_find(kind, "[none]");
}

static int look_at(const struct disk *disk, struct text *why)
{
	if (!disk->number[0])
		return refuse(why, EOPNOTSUPP, "it is a file and no disk");
	if (has(disk, "/partition"))
		return refuse(why, EOPNOTSUPP,
			      "it is a partition: only whole disks are");
	if (has(disk, "/dm") || has(disk, "/md"))
		return refuse(why, EOPNOTSUPP,
			      "it is put together from other disks, and what "
			      "is written to those is not told by its places");
	if (is_zoned(disk))
		return refuse(why, EOPNOTSUPP,
			      "it is a zoned disk, whose zones are emptied "
			      "without a range");
	if (!has_requests(disk))
		return refuse(why, EOPNOTSUPP,
			      "its driver makes no requests that could be "
			      "traced (an NVMe disk of several paths, zram, "
			      "pmem, drbd and bcache are such)");
	return 0;
}

static uint32_t device_of(const struct disk *disk)
{
	uint64_t major = 0;
	uint64_t minor = 0;
	const char *at = text_number(disk->number, &major);

	if (at && *at == ':')
		(void)text_number(at + 1, &minor);
	return (uint32_t)(major << 20 | (minor & 0xfffff));
}

static bool merges_discards(const struct disk *disk)
{
	return file_read_number("/sys/dev/block/", disk->number,
				"/queue/max_discard_segments", NULL) > 1;
}

/* --- its process ------------------------------------------------------- */

static void forget_child(void)
{
	(void)system_close(line);
	line = -1;
	for (unsigned int i = 0; i * STEP_MS < ENDING_MS; i++) {
		if (system_wait(child, NULL, WNOHANG) != 0)
			break;
		(void)system_poll(NULL, 0, STEP_MS);
	}
	child = -1;
}

/* The maps are kept from all other processes that are begun here: one of them
 * locks all it has into memory. */
static long fork_with_maps(void)
{
	long pid;

	(void)system_advise(tracker, memory, MADV_DOFORK);
	pid = system_fork();
	if (pid)
		(void)system_advise(tracker, memory, MADV_DONTFORK);
	return pid;
}

static int start_child(void)
{
	int pair[2] = {-1, -1};
	long r = system_pair(pair);

	if (r < 0)
		return (int)-r;
	child = fork_with_maps();
	if (child == 0)
		tracker_run(tracker, pair[1]);
	(void)system_close(pair[1]);
	line = pair[0];
	if (child > 0)
		return 0;
	r = child;
	(void)system_close(line);
	line = -1;
	return (int)-r;
}

/* Its answer, or a positive errno when there is none. */
static int ask(enum tracker_task task, uint32_t number)
{
	struct tracker_word word = {task, number, ++asked};
	struct tracker_word said = {0};
	struct pollfd fd = {.fd = line, .events = POLLIN};

	if (system_send(line, &word, sizeof(word)) < 0)
		return EPIPE;
	for (;;) {
		long n = system_poll(&fd, 1, ANSWER_MS);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return ETIMEDOUT;
		n = system_read(line, &said, sizeof(said));
		if (n != (long)sizeof(said))
			return EPIPE;
		/* One that came too late once comes now. */
		if (said.number == asked)
			return 0;
	}
}

static int begin_again(struct text *why)
{
	int code;

	forget_child();
	code = start_child();
	if (code == 0)
		code = ask(TRACKER_TRACK, 0);
	if (code)
		return refuse(why, code, "its process can't be started again");
	if (tracker->code)
		text_add(why, tracker->why);
	return tracker->code;
}

static void lose_all(const char *words)
{
	struct text text;

	text_begin(&text, tracker->lost_why, sizeof(tracker->lost_why));
	text_add(&text, words);
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		tracker->disk[i].lost = tracker->disk[i].on;
}

/* --- the maps ---------------------------------------------------------- */

static uint64_t rooms(const struct disk *disks, uint32_t shift)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		if (disks[i].open && disks[i].number[0])
			sum += dirty_room(disks[i].about.size, shift);
	return sum;
}

/* The finest grain that fits, the same for all. */
static int make_maps(const struct disk *disks)
{
	size_t head = (sizeof(*tracker) + 4095) / 4096 * 4096;
	uint32_t shift = SHIFT_FIRST;
	uint8_t *at;
	long r;

	while (shift < SHIFT_LAST && rooms(disks, shift) > MAPS_MAX)
		shift++;
	memory = head + rooms(disks, shift);
	r = system_share(memory);
	if (r < 0 && r > -4096)
		return ENOMEM;
	at = (uint8_t *)r;
	tracker = (struct tracker *)at;
	at += head;
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++) {
		uint64_t size = disks[i].about.size;

		if (!disks[i].open || !disks[i].number[0])
			continue;
		dirty_begin(&tracker->disk[i].dirty, size, shift, at);
		at += dirty_room(size, shift);
	}
	return 0;
}

static int begin_one(const struct disk *disk, uint32_t number, struct text *why)
{
	struct tracker_disk *one = &tracker->disk[number];
	int code;

	one->dev = device_of(disk);
	one->merges = merges_discards(disk);
	one->lost = false;
	one->on = true;
	code = ask(TRACKER_TRACK, number);
	if (code)
		(void)refuse(
			why, code,
			"the process that reads the trace does not answer");
	else if (tracker->code) {
		code = tracker->code;
		text_add(why, tracker->why);
	}
	if (code)
		one->on = false;
	dirty_clear(&one->dirty);
	return code;
}

int track_begin(const struct disk *disks, uint32_t number, struct text *why)
{
	int code = look_at(&disks[number], why);

	if (code)
		return code;
	if (!tracker && make_maps(disks))
		return refuse(why, ENOMEM, "no memory for its map");
	if (!tracker->disk[number].dirty.size)
		return refuse(why, EBUSY,
			      "it was opened after the first was tracked");
	if (child < 0)
		code = start_child();
	if (code)
		return refuse(why, code, "no process can be started for it");
	return begin_one(&disks[number], number, why);
}

/* As few ranges as an answer may have, and as exact as that allows. */
static struct dirty_rule choose(const struct dirty *dirty)
{
	struct dirty_rule rule = {.limit = WIRE_CUT_MAX};

	while (dirty_count(dirty, rule.gap) > WIRE_CUT_MAX / 2)
		rule.gap = rule.gap ? rule.gap * 2 : DIRTY_GRAIN;
	return rule;
}

int track_cut(uint32_t number, struct track_cut *cut, struct text *why)
{
	struct tracker_disk *one = tracker ? &tracker->disk[number] : NULL;
	struct dirty_rule rule;
	int code;

	if (!one || !one->on)
		return refuse(why, EINVAL, "it is not tracked");
	code = ask(TRACKER_CUT, number);
	if (code == EPIPE) {
		lose_all("the process that reads the trace was ended");
		code = begin_again(why);
		if (code)
			return code;
	} else if (code) {
		lose_all("the process that reads the trace does not answer");
	}
	cut->lost = one->lost;
	if (one->lost) {
		text_add(why, tracker->lost_why);
		one->lost = false;
		dirty_clear(&one->dirty);
		return 0;
	}
	rule = choose(&one->dirty);
	return dirty_take(&one->dirty, &rule, cut->each, cut->owner) ? 0
								     : -EPIPE;
}

void track_end(void)
{
	if (child > 0)
		forget_child();
}
