/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks as they were at one moment: which part of them is read where.  The
 * processes that read are others than the one that made it, so it lies in
 * shared memory that has no name and goes with the last of them; only root's
 * is believed.  It reads no disk.
 * Sources: shmget(2), shmctl(2) on SHM_DEST, shmat(2).
 */
#include "lander-source/view.h"

#include <sys/shm.h>

#include "lander-source/system_control.h"
#include "lander-source/text.h"

#define MAGIC	 0x77656976646e616cULL
#define KEY_MASK 0x7fffffffULL

static bool is_address(long at)
{
	return at > 0 || at < -4095;
}

struct view *view_create(void)
{
	long id = system_share_make(sizeof(struct view));
	struct view *view;
	long at;

	if (id < 0)
		return NULL;
	at = system_share_attach((int)id, 0);
	/* From here on it is gone when nobody has it any more. */
	(void)system_share_control((int)id, IPC_RMID, NULL);
	if (!is_address(at))
		return NULL;
	view = (struct view *)at;
	view->magic = MAGIC;
	view->key = (system_milliseconds() & KEY_MASK) << 32 | (uint64_t)id;
	return view;
}

const struct view *view_find(uint64_t key)
{
	int id = (int)(key & KEY_MASK);
	struct shmid_ds about = {0};
	const struct view *view;
	long at;

	if (system_share_control(id, IPC_STAT, &about) < 0 ||
	    about.shm_segsz != sizeof(struct view) ||
	    (long)about.shm_perm.uid != system_user() ||
	    (long)about.shm_perm.cuid != system_user())
		return NULL;
	at = system_share_attach(id, SHM_RDONLY);
	if (!is_address(at))
		return NULL;
	view = (const struct view *)at;
	if (view->magic == MAGIC && view->key == key &&
	    !atomic_load(&view->over))
		return view;
	view_forget(view);
	return NULL;
}

void view_forget(const struct view *view)
{
	if (view)
		(void)system_share_detach(view);
}

bool view_add(struct view *view, const struct view_range *range)
{
	size_t place = view->ranges;

	if (range->begin >= range->end)
		return true;
	if (view->ranges == VIEW_RANGES)
		return false;
	while (place && (view->range[place - 1].disk > range->disk ||
			 (view->range[place - 1].disk == range->disk &&
			  view->range[place - 1].begin > range->begin)))
		place--;
	if (place && view->range[place - 1].disk == range->disk &&
	    view->range[place - 1].end > range->begin)
		return false;
	if (place < view->ranges && view->range[place].disk == range->disk &&
	    view->range[place].begin < range->end)
		return false;
	for (size_t i = view->ranges; i > place; i--)
		view->range[i] = view->range[i - 1];
	view->range[place] = *range;
	view->ranges++;
	return true;
}

bool view_index(const struct view *view, const char *number, uint32_t *ret)
{
	for (size_t i = 0; number[0] && i < view->disks; i++)
		if (text_equal(view->disk[i], number)) {
			*ret = (uint32_t)i;
			return true;
		}
	return false;
}

/* The first that ends behind this place. */
static size_t find_range(const struct view *view, uint32_t disk,
			 uint64_t offset)
{
	size_t low = 0;
	size_t high = view->ranges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct view_range *range = &view->range[middle];

		if (range->disk < disk ||
		    (range->disk == disk && range->end <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct view_range view_piece(const struct view *view, uint32_t disk,
			     uint64_t offset, uint64_t length)
{
	struct view_range piece = {.disk = disk,
				   .kind = VIEW_DISK,
				   .begin = offset,
				   .end = offset + length,
				   .offset = offset};
	size_t place = find_range(view, disk, offset);
	const struct view_range *range;

	if (place == view->ranges || view->range[place].disk != disk)
		return piece;
	range = &view->range[place];
	if (range->begin > offset) {
		if (range->begin < piece.end)
			piece.end = range->begin;
		return piece;
	}
	piece.kind = range->kind;
	piece.volume = range->volume;
	piece.offset = range->offset + (offset - range->begin);
	if (range->end < piece.end)
		piece.end = range->end;
	return piece;
}
