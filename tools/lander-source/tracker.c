/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process that reads the kernel's trace into the maps of what was written
 * to, while lander-source itself reads disks, waits for a sync or for an agent
 * that is slow.  When lander-source is gone, however it went, this process
 * removes the trace instance and ends.  Whatever may have been missed is told:
 * then all tracked disks are lost, and it begins afresh.
 */
#include "lander-source/tracker.h"

#include <errno.h>
#include <poll.h>

#include "lander-source/file.h"
#include "lander-source/instance.h"
#include "lander-source/queued.h"
#include "lander-source/system_trace.h"
#include "lander-source/text.h"
#include "lander-source/tracefs.h"

#define SECTOR	    512U
#define DESCRIPTORS 4096 /* one for each CPU, twice while buffers grow */

/* How much a CPU notes before it is read: with 64 bytes an event, 2 MiB are
 * 32768 of them; 100 ms long that is 300000 a second on each CPU. */
#define BUFFER_KB     2048U
#define BUFFER_KB_MAX (128U << 10)
#define ALL_KB_MAX    (512U << 10)
#define WAIT_MS	      100
#define WAIT_SHORT_MS 10
#define CHECK_TURNS   10 /* of WAIT_MS, between two looks at the settings */

static struct tracker *shared;
static struct tracefs tracefs = {.fd = -1};
static struct instance instances[2];
static struct instance *now = &instances[0];
static unsigned int begun; /* instances, so far */
static uint32_t kilobytes = BUFFER_KB;

/* --- what came out of the trace ---------------------------------------- */

static void lose_again(void)
{
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		shared->disk[i].lost = shared->disk[i].on;
}

static void lose(const char *why)
{
	struct text text;

	text_begin(&text, shared->lost_why, sizeof(shared->lost_why));
	text_add(&text, why);
	lose_again();
}

static void mark(void *owner, const struct ring_event *event)
{
	const struct instance *instance = owner;

	if (event->clean || !event->count)
		return;
	if (event->format == &instance->format[INSTANCE_QUEUE]) {
		if (!queued_note(shared, event))
			lose("more was discarded than can be kept in mind");
		return;
	}
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		if (shared->disk[i].on && shared->disk[i].dev == event->dev)
			dirty_mark(&shared->disk[i].dirty,
				   event->sector * SECTOR,
				   (uint64_t)event->count * SECTOR);
}
/* All that is in its buffers; false when that is not all there was. */
static bool drain(struct instance *instance, bool check, unsigned int *ret_fill)
{
	struct ring_reader reader = {.each = mark, .owner = instance};
	enum ring_result result = instance_drain(instance, &reader, ret_fill);
	char why[TRACKER_WHY];
	struct text text;

	text_begin(&text, why, sizeof(why));
	if (result == RING_GOOD && !check)
		return true;
	if (result == RING_STRANGE)
		text_add(&text, "the kernel's trace holds something that is "
				"not understood");
	else if (instance_check(instance, &text)) {
		if (result == RING_GOOD)
			return true;
		text_add(&text, "the kernel's trace buffer was full");
	}
	lose(why);
	return false;
}

/* --- instances --------------------------------------------------------- */

static bool is_tracing(void)
{
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		if (shared->disk[i].on)
			return true;
	return false;
}

static struct instance_wish wish(void)
{
	struct instance_wish ret = {.number = begun++, .kilobytes = kilobytes};

	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++) {
		const struct tracker_disk *disk = &shared->disk[i];

		if (!disk->on)
			continue;
		if (ret.disks < INSTANCE_DISKS)
			ret.dev[ret.disks] = disk->dev;
		ret.disks++;
		ret.discards |= disk->merges;
	}
	return ret;
}

/* Another instance, and only when that one notes everything the end of this:
 * what happens between is in both. */
static int change(struct text *why)
{
	struct instance *other = &instances[now == instances];
	struct instance_wish wanted = wish();
	unsigned int fill;
	int r = instance_begin(other, &tracefs, &wanted, why);

	if (r)
		return r;
	if (now->open) {
		(void)drain(now, true, &fill);
		instance_end(now);
	}
	now = other;
	return 0;
}

/* As change(), where what is in the old one is not worth reading. */
static void start_afresh(void)
{
	char why[TRACKER_WHY];
	struct text text;

	instance_end(now);
	text_begin(&text, why, sizeof(why));
	/* Without one, every CUT says so and tries it again. */
	if (change(&text))
		lose(why);
	/* A CUT may have told the loss before this one was begun. */
	else
		lose_again();
}

/* The kernel's pages, as many as it may spare. */
static bool may_grow(void)
{
	static char text[4096];
	const char *at;
	uint64_t free_kb = 0;
	uint64_t all = instance_memory(now);

	(void)file_read("/proc/meminfo", text, sizeof(text));
	at = text_find(text, "MemAvailable:");
	if (!at)
		at = text_find(text, "MemFree:");
	while (at && *at && (*at < '0' || *at > '9'))
		at++;
	if (at)
		(void)text_number(at, &free_kb);
	return kilobytes < BUFFER_KB_MAX && all && all * 2 <= ALL_KB_MAX &&
	       all * 2 <= free_kb / 8;
}

/* --- its turns --------------------------------------------------------- */

/* Returns how long the next turn may wait. */
static int read_trace(bool check)
{
	char why[TRACKER_WHY];
	struct text text;
	unsigned int fill = 0;
	bool good;

	/* Where none can be had it is not tried all the time. */
	if (!now->open && !check)
		return WAIT_MS;
	good = now->open && drain(now, check, &fill);
	text_begin(&text, why, sizeof(why));
	if ((!good || fill >= 128) && may_grow()) {
		kilobytes *= 2;
		if (good)
			(void)change(&text);
	}
	if (!good)
		start_afresh();
	return fill >= 16 ? WAIT_SHORT_MS : WAIT_MS;
}

static int track(struct text *why)
{
	int r = 0;

	if (tracefs.fd < 0) {
		r = tracefs_open(&tracefs, why);
		if (r == 0)
			tracefs_sweep(&tracefs);
	}
	return r ? r : change(why);
}

static void work(const struct tracker_word *word)
{
	struct text why;

	text_begin(&why, shared->why, sizeof(shared->why));
	shared->code = 0;
	if (word->disk >= WIRE_DISKS_MAX)
		return;
	if (word->task == TRACKER_TRACK) {
		shared->code = track(&why);
		return;
	}
	queued_repeat(shared, word->disk);
	(void)read_trace(true);
	queued_age(word->disk);
}

static void close_all_but(int line)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (fd != line)
			(void)system_close(fd);
	(void)system_allow_descriptors(DESCRIPTORS);
}

static void turns(int line)
{
	struct pollfd fd = {.fd = line, .events = POLLIN};
	struct tracker_word word = {0};
	int wait = WAIT_MS;
	unsigned int turn = 0;

	for (;;) {
		long n = system_poll(&fd, 1, is_tracing() ? wait : -1);

		if (n > 0) {
			n = system_read(line, &word, sizeof(word));
			if (n != (long)sizeof(word))
				return;
			work(&word);
			if (system_send(line, &word, sizeof(word)) < 0)
				return;
		} else if (is_tracing()) {
			wait = read_trace(turn++ % CHECK_TURNS == 0);
		}
	}
}

void tracker_run(struct tracker *tracker, int line)
{
	shared = tracker;
	/* A login's end may send signals to all its processes. */
	(void)system_new_session();
	(void)system_block_signals(~0ULL);
	close_all_but(line);
	turns(line);
	instance_end(&instances[0]);
	instance_end(&instances[1]);
	system_exit(0);
	__builtin_unreachable();
}
