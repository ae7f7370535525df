/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lander-source, on the machine that is copied: answers the agent's requests
 * on stdin and stdout until it is told to end or its stdin does.  It opens for
 * reading only, keeps no state and leaves nothing behind.
 */
#include "lander-source/serve.h"

#include <sys/uio.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/version.h"
#include "lander-source/content.h"
#include "lander-source/digest.h"
#include "lander-source/disk.h"
#include "lander-source/facts.h"
#include "lander-source/facts_disk.h"
#include "lander-source/order.h"
#include "lander-source/process.h"
#include "lander-source/quiesce.h"
#include "lander-source/reads.h"
#include "lander-source/reply.h"
#include "lander-source/storage.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "lander-source/track.h"
#include "lander-source/tracking.h"
#include "lander-source/tree_list.h"
#include "lander-source/tree_root.h"
#include "lander-source/used.h"
#include "lander-source/viewing.h"
#include "source/wire.h"

#define FROM_AGENT   0
#define WRITERS_ROOM 1024

/* Without a word of who says RENEW; the agent itself gives up earlier. */
#ifndef SERVE_LIMIT_S
#define SERVE_LIMIT_S 90
#endif

enum next { GO_ON, END_WELL, END_GONE, END_BAD };

static struct disk disks[WIRE_DISKS_MAX];
static struct orders orders;
static struct order order;
static bool greeted;
static bool renewing; /* RENEW was heard once */

static void say(const char *words)
{
	(void)system_write(2, "lander-source: ", 15);
	(void)system_write(2, words, strlen(words));
	(void)system_write(2, "\n", 1);
}

static bool answer(const void *payload, size_t length)
{
	return reply_send(&(struct reply){WIRE_ANSWER | order.header.type,
					  WIRE_LAST, order.header.tag},
			  payload, length);
}

static bool answer_hello(void)
{
	static const char version[] = LANDER_VERSION;
	uint8_t payload[WIRE_HELLO_BYTES + sizeof(version) - 1];
	uint8_t *at = payload;

	greeted = true;
	at = wire_put32(at, WIRE_VERSION);
	at = wire_put32(at, CONTENT_MAX);
	at = wire_put32(at, WIRE_READ_MAX);
	at = wire_put32(at, 0);
	memcpy(at, version, sizeof(version) - 1);
	return answer(payload, sizeof(payload));
}

static bool answer_text(const char *(*collect)(size_t *ret_length))
{
	size_t length;
	const char *text = collect(&length);

	return reply_long(order.header.type, order.header.tag, text, length);
}

/* With the words about who may write to it, or about what is wrong with it. */
static bool answer_disk(struct disk *disk, int code, const struct text *why)
{
	uint8_t payload[WIRE_OPENED_BYTES + WRITERS_ROOM];

	if (code)
		return reply_error(order.header.tag, code, why->at);
	wire_put_disk(payload, &disk->about);
	memcpy(payload + WIRE_OPENED_BYTES, why->at, why->length);
	return answer(payload, WIRE_OPENED_BYTES + why->length);
}

static bool answer_open(struct disk *disk)
{
	char why[WRITERS_ROOM];
	struct text text;
	int code;

	text_begin(&text, why, sizeof(why));
	if (disk->open)
		return reply_error(order.header.tag, EBUSY,
				   "this number is in use");
	code = disk_open(disk, order.path, &text);
	if (!code)
		facts_disk_note(order.disk, disk->number);
	return answer_disk(disk, code, &text);
}

static bool answer_check(struct disk *disk)
{
	char why[WRITERS_ROOM];
	struct text text;

	text_begin(&text, why, sizeof(why));
	return answer_disk(disk, disk_check(disk, &text), &text);
}

static bool answer_extents(const struct disk *disk)
{
	static uint64_t range[WIRE_EXTENTS_MAX][2];
	static uint8_t payload[16 + WIRE_EXTENTS_MAX * 16];
	unsigned int count;
	uint8_t *at = payload;

	at = wire_put64(at, order.offset);
	at = wire_put64(at, disk_extents(disk, &order, range, &count));
	for (unsigned int i = 0; i < count; i++)
		at = wire_put64(wire_put64(at, range[i][0]), range[i][1]);
	return answer(payload, (size_t)(at - payload));
}

/* What concerns one disk that must be there. */
static bool work_on_disk(struct disk *disk)
{
	if (!disk->open)
		return reply_error(order.header.tag, EBADF,
				   "no disk has this number");
	if (order.header.type == WIRE_CHECK)
		return answer_check(disk);
	if (order.header.type == WIRE_USED)
		return used_answer(&order, disk);
	if (order.header.type == WIRE_VIEW)
		return viewing_order(&order, disk);
	if (order.header.type == WIRE_TRACK || order.header.type == WIRE_CUT)
		return tracking_answer(&order, disks);
	if (order.offset > disk->about.size ||
	    order.length > disk->about.size - order.offset)
		return reply_error(order.header.tag, ERANGE,
				   "beyond the disk's end");
	if (order.header.type == WIRE_EXTENTS)
		return answer_extents(disk);
	if (order.header.type != WIRE_HASH)
		return content_start(&order, disk);
	if ((order.offset + order.length) % WIRE_CHUNK &&
	    order.offset + order.length != disk->about.size)
		return reply_error(order.header.tag, EINVAL,
				   "it ends within a chunk");
	digest_start(&order, disk);
	return digest_go_on();
}

static enum next work(void)
{
	bool there;

	switch (order.header.type) {
	case WIRE_HELLO:
		there = answer_hello();
		break;
	case WIRE_FACTS:
		there = answer_text(facts_collect);
		break;
	case WIRE_STORAGE:
		there = answer_text(storage_collect);
		break;
	case WIRE_SYNC:
		system_sync();
		there = answer(NULL, 0);
		break;
	case WIRE_BYE:
		return answer(NULL, 0) ? END_WELL : END_GONE;
	case WIRE_RENEW:
		renewing = true;
		there = quiesce_order(&order, disks);
		break;
	case WIRE_PREPARE:
	case WIRE_QUIESCE:
	case WIRE_THAW:
	case WIRE_FENCE:
		there = quiesce_order(&order, disks);
		break;
	case WIRE_ROOT:
	case WIRE_LIST:
	case WIRE_FETCH:
	case WIRE_DELTA:
		there = tree_list_answer(&order);
		break;
	case WIRE_OPEN:
		there = answer_open(&disks[order.disk]);
		break;
	default:
		there = work_on_disk(&disks[order.disk]);
		break;
	}
	return there ? GO_ON : END_GONE;
}

static enum next complain(const char *words)
{
	char text[256];
	struct text line;

	text_begin(&line, text, sizeof(text));
	text_add(&line, "what came in is not lander's protocol: ");
	text_add(&line, words);
	reply_fatal(text);
	say(text);
	return END_BAD;
}

static bool is_full(void)
{
	return content_busy() == CONTENT_MAX || digest_busy() == DIGEST_MAX;
}

/* As many requests as are here and there is room for. */
static enum next work_off(void)
{
	enum next next = GO_ON;

	while (next == GO_ON && !is_full()) {
		const char *complaint = NULL;
		int r = order_take(&orders, &order, &complaint);

		if (r == 0)
			break;
		if (r > 0 && !greeted && order.header.type != WIRE_HELLO)
			return complain("the first request is not HELLO");
		if (r > 0 && order.header.type == WIRE_HELLO &&
		    order.version != WIRE_VERSION)
			return complain("another version of it is spoken here");
		next = r < 0 ? complain(complaint) : work();
	}
	return next;
}

static enum next take_in(void)
{
	uint8_t *at;
	size_t room = order_room(&orders, &at);
	long n;

	if (!room)
		return GO_ON;
	n = system_read(FROM_AGENT, at, room);
	if (n == -EINTR || n == -EAGAIN)
		return GO_ON;
	if (n <= 0)
		return orders.begin == orders.end ? END_WELL : END_GONE;
	orders.end += (size_t)n;
	return work_off();
}

/* Who says RENEW says it again and again; the other sessions of an agent may
 * have nothing to ask for hours.  What holds the machine still has a clock of
 * its own. */
static int silence_ms(void)
{
	return renewing && quiesce_fd() < 0 ? SERVE_LIMIT_S * 1000 : -1;
}

static enum next turn(void)
{
	bool full = is_full();
	struct pollfd fd[3] = {
		{.fd = full ? -1 : FROM_AGENT, .events = POLLIN},
		{.fd = reads_fd(), .events = POLLIN},
		{.fd = quiesce_fd(), .events = POLLIN},
	};
	int silence = silence_ms();
	int view = viewing_turn();
	long n = system_poll(fd, 3, view < 0 ? silence : view);

	if (n < 0)
		return GO_ON;
	if (!n)
		return view < 0 ? END_GONE : GO_ON;
	if (fd[2].revents && !quiesce_turn())
		return END_GONE;
	if (fd[1].revents) {
		if (!reads_finish() || !digest_go_on())
			return END_GONE;
		/* What came meanwhile had to wait for a place. */
		if (full)
			return work_off();
	}
	return fd[0].revents ? take_in() : GO_ON;
}

static int serve(void)
{
	enum next next = GO_ON;
	struct iovec greeting = {
		.iov_base = (void *)(uintptr_t)WIRE_GREETING,
		.iov_len = WIRE_GREETING_BYTES,
	};

	reads_begin();
	if (!reply_bytes(&greeting, 1))
		return 1;
	while (next == GO_ON)
		next = turn();
	track_end();
	return next == END_WELL ? 0 : next == END_GONE ? 1 : 2;
}

static int complain_usage(void)
{
	say("usage: lander-source serve [--track] [--quiesce] [--fence] "
	    "[--files] [DISK…] | facts | storage | version");
	return 3;
}

/* What somebody has put here may do what he says. */
static int serve_some(char **argument)
{
	bool may_track = false;
	bool may_quiesce = false;
	bool may_fence = false;
	bool may_files = false;

	for (; *argument && text_begins(*argument, "--"); argument++) {
		if (text_equal(*argument, "--track"))
			may_track = true;
		else if (text_equal(*argument, "--quiesce"))
			may_track = may_quiesce = true;
		else if (text_equal(*argument, "--fence"))
			may_fence = true;
		else if (text_equal(*argument, "--files"))
			may_files = true;
		else
			return complain_usage();
	}
	tracking_allow(may_track);
	quiesce_allow(may_quiesce, may_fence);
	tree_root_allow(may_files);
	if (*argument)
		disk_allow(argument);
	return serve();
}

static int print_text(const char *(*collect)(size_t *ret_length))
{
	size_t length;
	const char *facts = collect(&length);
	struct iovec part[2] = {
		{.iov_base = (void *)(uintptr_t)facts, .iov_len = length},
		{.iov_base = (void *)(uintptr_t)"\n", .iov_len = 1},
	};

	return reply_bytes(part, 2) ? 0 : 1;
}

int serve_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (text_equal(what, "serve"))
		return serve_some(argv + 2);
	if (text_equal(what, "serve-once")) {
		process_vanish(argv[0]);
		tracking_allow(true);
		quiesce_allow(true, true);
		tree_root_allow(true);
		return serve();
	}
	if (text_equal(what, "facts"))
		return print_text(facts_collect);
	if (text_equal(what, "storage"))
		return print_text(storage_collect);
	if (text_equal(what, "version")) {
		static const char version[] =
			"lander-source " LANDER_VERSION "\n";
		return system_write(1, version, sizeof(version) - 1) > 0 ? 0
									 : 1;
	}
	return complain_usage();
}
