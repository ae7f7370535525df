/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks read as they were at the moment of a view that another process of ours
 * keeps.  Its snapshots are opened for reading and let go as soon as it is
 * over; from then on every read fails.
 * Source: open(2) on O_DIRECT.
 */
#include "lander-source/viewing.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lander-source/device.h"
#include "lander-source/disk.h"
#include "lander-source/order.h"
#include "lander-source/quiesce.h"
#include "lander-source/reply.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define TURN_MS 1000

static const struct view *view;
static int volume[VIEW_VOLUMES]; /* fds */
static size_t volumes;

static void let_go(void)
{
	while (volumes)
		(void)system_close(volume[--volumes]);
}

bool viewing_over(void)
{
	return !view || atomic_load(&view->over);
}

int viewing_turn(void)
{
	if (!view || !volumes)
		return -1;
	if (viewing_over())
		let_go();
	return TURN_MS;
}

/* By its number: the name may be another device's by now. */
static long open_volume(const struct view_volume *one)
{
	long fd = system_open(one->node, O_RDONLY | O_DIRECT | O_CLOEXEC);
	char number[24] = "";
	struct stat st = {0};

	if (fd < 0)
		return fd;
	if (system_fstat((int)fd, &st) >= 0 && S_ISBLK(st.st_mode))
		device_number(&st, number);
	if (text_equal(number, one->number))
		return fd;
	(void)system_close((int)fd);
	return -ENODEV;
}

static int look_through(uint64_t key)
{
	if (view && view->key == key)
		return viewing_over() ? ESTALE : 0;
	let_go();
	view_forget(view);
	view = view_find(key);
	while (view && volumes < view->volumes) {
		long fd = open_volume(&view->volume[volumes]);

		if (fd < 0) {
			let_go();
			view_forget(view);
			view = NULL;
			return (int)-fd;
		}
		volume[volumes++] = (int)fd;
	}
	return view ? 0 : ESTALE;
}

static bool answer_key(const struct order *order)
{
	uint8_t payload[8];
	uint64_t key = quiesce_view();

	if (!key)
		return reply_error(order->header.tag, ENOENT,
				   "no snapshot is held here");
	(void)wire_put64(payload, key);
	return reply_send(&(struct reply){WIRE_ANSWER | WIRE_VIEW, WIRE_LAST,
					  order->header.tag},
			  payload, sizeof(payload));
}

bool viewing_order(const struct order *order, struct disk *disk)
{
	uint32_t index = 0;
	int code;

	if (!order->seed)
		return answer_key(order);
	code = look_through(order->seed);
	if (code)
		return reply_error(order->header.tag, ESTALE,
				   code == ESTALE
					   ? "those snapshots are over"
					   : "a snapshot can't be opened");
	if (!view_index(view, disk->number, &index))
		return reply_error(order->header.tag, ENODEV,
				   "this disk is not in that snapshot");
	disk->viewed = index + 1;
	return reply_send(&(struct reply){WIRE_ANSWER | WIRE_VIEW, WIRE_LAST,
					  order->header.tag},
			  NULL, 0);
}

/* --- reading ----------------------------------------------------------- */

bool viewing_is_whole(const struct disk *disk, uint64_t offset, uint32_t length,
		      int *ret_fd, uint64_t *ret_offset)
{
	struct view_range piece;

	if (viewing_over())
		return false;
	piece = view_piece(view, disk->viewed - 1, offset, length);
	if (piece.end != offset + length)
		return false;
	*ret_offset = piece.offset;
	*ret_fd = piece.kind == VIEW_VOLUME ? volume[piece.volume] : disk->fd;
	return piece.kind == VIEW_VOLUME || piece.kind == VIEW_DISK;
}

static long read_all(int fd, uint8_t *data, uint64_t length, uint64_t offset)
{
	uint64_t done = 0;

	while (done < length) {
		long n = system_pread(fd, data + done, length - done,
				      offset + done);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? n : -EIO;
		done += (uint64_t)n;
	}
	return 0;
}

long viewing_read(const struct disk *disk, uint64_t offset, uint32_t length,
		  uint8_t *data)
{
	uint64_t at = offset;
	uint64_t end = offset + length;
	long r = 0;

	while (r == 0 && at < end) {
		struct view_range piece;
		uint8_t *to = data + (at - offset);
		uint64_t step;

		if (viewing_over())
			return -ESTALE;
		piece = view_piece(view, disk->viewed - 1, at, end - at);
		step = piece.end - at;
		if (piece.kind == VIEW_ZERO)
			memset(to, 0, step);
		else if (piece.kind == VIEW_KEPT)
			memcpy(to, view->memory + piece.offset, step);
		else
			r = read_all(piece.kind == VIEW_VOLUME
					     ? volume[piece.volume]
					     : disk->fd,
				     to, step, piece.offset);
		at = piece.end;
	}
	return r < 0 ? r : (long)length;
}
