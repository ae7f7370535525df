/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots that are there: whether they still say what they are to say, and
 * their end.  One that somebody still reads can't be removed: that is tried
 * again.  Only what carries our name is touched, and only when its keeper is
 * us, or is no more.
 * Sources: the kernel's admin guide on device-mapper, snapshot, on its state;
 * lvremove(8).
 */
#include "lander-source/snapshot_end.h"

#include <errno.h>

#include "lander-source/disk.h"
#include "lander-source/file.h"
#include "lander-source/hold.h"
#include "lander-source/lvm.h"
#include "lander-source/mapper.h"
#include "lander-source/process.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define READ_MS 20000 /* who reads has heard of the end by then */
#define TURN_MS 500

static void join(const struct view_volume *volume, char *mapped, size_t room)
{
	struct text text;

	text_begin(&text, mapped, room);
	lvm_join(volume->group, volume->snapshot, &text);
}

/* --- whether it holds -------------------------------------------------- */

struct look {
	bool good;
	char words[64];
};

/* "16/4096 16": used and all sectors.  Else a word: "Invalid", "Overflow". */
static void take_state(void *owner, const struct mapper_target *target)
{
	struct look *look = owner;
	struct text text;

	look->good = target->words[0] >= '0' && target->words[0] <= '9';
	text_begin(&text, look->words, sizeof(look->words));
	text_add(&text, target->words);
}

static int check_volume(const struct view_volume *volume, struct text *why)
{
	char mapped[VIEW_NAME];
	struct look look = {.words = "it was removed"};
	long r;

	join(volume, mapped, sizeof(mapped));
	r = mapper_state(mapped, take_state, &look);
	if (r == 0 && look.good)
		return 0;
	text_add(why, "the snapshot of ");
	text_add(why, volume->label);
	if (r == 0 && (text_equal(look.words, "Invalid") ||
		       text_equal(look.words, "Overflow"))) {
		text_add(why, " is full: more than ");
		text_add_number(why, volume->room >> 20);
		text_add(why, " MiB were written meanwhile, and the group has "
			      "no more room for them");
		return ENOSPC;
	}
	text_add(why, " is not there any more: ");
	text_add(why, look.words);
	return ESTALE;
}

int snapshot_end_check(const struct view *view, struct text *why)
{
	for (size_t i = 0; i < view->volumes; i++) {
		int r = check_volume(&view->volume[i], why);

		if (r)
			return r;
	}
	for (size_t i = 0; i < view->watches; i++) {
		const struct view_watched *watched = &view->watched[i];

		if (disk_count_writes(watched->number) == watched->count)
			continue;
		text_add(why, watched->label);
		text_add(why, ", which has no snapshot, was written to");
		return ESTALE;
	}
	return 0;
}

/* --- its end ----------------------------------------------------------- */

static bool end_one(struct view_volume *volume, uint64_t end, struct text *to)
{
	bool was_made = atomic_load(&volume->state) == HOLD_DONE;
	char mapped[VIEW_NAME];
	char number[24];
	char words[600];
	struct text why;

	join(volume, mapped, sizeof(mapped));
	for (;;) {
		text_begin(&why, words, sizeof(words));
		if (lvm_remove(volume->group, volume->snapshot, &why) == 0 ||
		    !mapper_number(mapped, number))
			break;
		if (system_milliseconds() >= end) {
			text_add(to, "not removed: the snapshot ");
			text_add(to, volume->snapshot);
			text_add(to, " of ");
			text_add(to, volume->label);
			text_add(to, ": ");
			text_add(to, words);
			text_add(to, "\n");
			return false;
		}
		system_sleep(TURN_MS);
	}
	atomic_store(&volume->state, HOLD_IDLE);
	if (was_made) {
		text_add(to, "the snapshot of ");
		text_add(to, volume->label);
		text_add(to, " is removed\n");
	}
	return true;
}

bool snapshot_end_all(struct view *view, struct text *to)
{
	uint64_t end = system_milliseconds() + READ_MS;
	bool done = true;

	atomic_store(&view->over, true);
	for (size_t i = 0; i < view->volumes; i++)
		if (atomic_load(&view->volume[i].state) != HOLD_IDLE)
			done = end_one(&view->volume[i], end, to) && done;
	return done;
}

/* --- what the killed have left ----------------------------------------- */

static bool is_left(const char *name)
{
	uint64_t pid;
	uint64_t start;
	const char *at;

	if (!text_begins(name, SNAPSHOT_END_PREFIX))
		return false;
	at = text_number(name + sizeof(SNAPSHOT_END_PREFIX) - 1, &pid);
	at = at && *at == '-' ? text_number(at + 1, &start) : NULL;
	return at && *at == '-' && (!start || process_began(pid) != start);
}

static int sweep_one(void *owner, const char *device)
{
	struct text *to = owner;
	char mapped[VIEW_NAME];
	char group[128];
	char name[128];
	char words[600];
	struct text why;

	if (!text_begins(device, "dm-"))
		return 0;
	(void)file_read_line(mapped, sizeof(mapped), "/sys/block/", device,
			     "/dm/name", NULL);
	if (!lvm_split(mapped, group, name, sizeof(name)) || !is_left(name))
		return 0;
	text_begin(&why, words, sizeof(words));
	text_add(to, lvm_remove(group, name, &why)
			     ? "not removed: "
			     : "removed: a snapshot that a killed lander has "
			       "left, ");
	text_add(to, group);
	text_add(to, "/");
	text_add(to, name);
	text_add(to, words[0] ? ": " : "\n");
	if (words[0]) {
		text_add(to, words);
		text_add(to, "\n");
	}
	return 0;
}

void snapshot_end_sweep(struct text *to)
{
	(void)file_list("/sys/block", sweep_one, to);
}
