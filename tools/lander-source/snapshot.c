/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Snapshots by LVM of every volume that is written to, one after the other.
 * LVM itself holds a file system for the moment of its own snapshot, so that
 * its journal is written out; nothing of ours freezes anything, since no
 * program may run meanwhile.  So each file system is consistent by itself, and
 * two of them are of moments that are seconds apart.
 * Sources: lvcreate(8); the kernel's admin guide on device-mapper, snapshot.
 */
#include "lander-source/snapshot.h"

#include <errno.h>

#include "lander-source/coverage.h"
#include "lander-source/disk.h"
#include "lander-source/hold.h"
#include "lander-source/lvm.h"
#include "lander-source/mapper.h"
#include "lander-source/process.h"
#include "lander-source/snapshot_end.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define ROOM_MIN    ((uint64_t)8 << 20) /* bytes; less is full at once */
#define ROOM_PART   100U		/* … nor than this part of the volume */
#define SETTLE_MS   500
#define RESTLESS_MS 20000
#define TURN_MS	    20

/* --- the plan ---------------------------------------------------------- */

/* What a volume could need at most: all of it, and its table. */
static uint64_t need(const struct view_volume *volume, uint64_t extent)
{
	uint64_t extents = (volume->size + extent - 1) / extent;

	return extents + extents / 50 + 2;
}

/* A tenth of what is free stays its owner's. */
static void share(struct coverage *coverage, const struct coverage_group *group)
{
	struct view *view = coverage->hold->view;
	uint64_t all = 0;

	for (size_t i = 0; i < view->volumes; i++)
		if (text_equal(view->volume[i].group, group->name))
			all += need(&view->volume[i], group->extent);
	for (size_t i = 0; i < view->volumes; i++) {
		struct view_volume *volume = &view->volume[i];
		uint64_t free = group->free - group->free / 10;
		uint64_t wish;

		if (!text_equal(volume->group, group->name))
			continue;
		wish = need(volume, group->extent);
		volume->extents = all > free ? wish * free / all : wish;
		volume->room = volume->extents * group->extent;
		if (volume->room >= ROOM_MIN &&
		    volume->room >= volume->size / ROOM_PART)
			continue;
		coverage_complain(coverage, group->name, ": its ");
		text_add_number(coverage->why,
				group->free * group->extent >> 20);
		text_add(coverage->why,
			 " free MiB are too few for a snapshot of ");
		text_add(coverage->why, volume->label);
	}
}

int snapshot_plan(struct hold *hold, struct devices *devices, struct text *done,
		  struct text *why)
{
	static struct coverage coverage;
	int r;

	/* A volume that still has one is no linear volume. */
	if (lvm_is_there())
		snapshot_end_sweep(done);

	coverage =
		(struct coverage){.hold = hold, .devices = devices, .why = why};
	r = coverage_make(&coverage);
	for (unsigned int i = 0; r == 0 && i < coverage.groups; i++)
		share(&coverage, &coverage.group[i]);
	return r || !why->length ? r : ENOSPC;
}

void snapshot_tell(const struct hold *hold, struct text *to)
{
	const struct view *view = hold->view;

	for (size_t i = 0; i < view->volumes; i++) {
		const struct view_volume *volume = &view->volume[i];

		text_add(to, volume->place);
		text_add(to, ": LVM makes a snapshot of ");
		text_add(to, volume->label);
		text_add(to, ", with room for ");
		text_add_number(to, volume->room >> 20);
		text_add(to, " MiB that are written meanwhile\n");
	}
	for (size_t i = 0; i < hold->systems; i++)
		for (size_t k = 0; k < view->watches; k++)
			if (text_equal(view->watched[k].number,
				       hold->system[i].number))
				hold_tell(to, "", &hold->system[i],
					  " has no snapshot: it is only "
					  "watched, and a write to it spoils "
					  "the try\n");
	text_add(to,
		 "the machine goes on: each file system is held only while its "
		 "own snapshot is made, and is consistent by itself; two of "
		 "them are of moments that are seconds apart\n"
		 "what is in swap is not copied\n"
		 "the snapshots are removed afterwards, and when lander was "
		 "not heard of for ");
	text_add_number(to, WIRE_RENEW_SNAPSHOT_S);
	text_add(to, " seconds\n");
}

/* --- making it true ---------------------------------------------------- */

static uint64_t count_watched(struct view *view)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < view->watches; i++) {
		view->watched[i].count =
			disk_count_writes(view->watched[i].number);
		sum += view->watched[i].count;
	}
	return sum;
}

/* What was written out may still be on its way. */
static int settle(struct view *view, struct text *why)
{
	uint64_t began = system_milliseconds();
	uint64_t since = began;
	uint64_t sum = count_watched(view);

	for (;;) {
		uint64_t now = system_milliseconds();
		uint64_t next = count_watched(view);

		if (next != sum)
			since = now;
		sum = next;
		if (now - since >= SETTLE_MS)
			return 0;
		if (now - began >= RESTLESS_MS)
			break;
		system_sleep(TURN_MS);
	}
	text_add(why, "what has no snapshot is written to all the time:");
	for (size_t i = 0; i < view->watches; i++) {
		text_add(why, " ");
		text_add(why, view->watched[i].label);
	}
	return EBUSY;
}

static int keep_bytes(const struct hold *hold, struct text *why)
{
	struct view *view = hold->view;

	for (size_t i = 0; i < view->ranges; i++) {
		const struct view_range *range = &view->range[i];
		uint64_t length = range->end - range->begin;

		if (range->kind == VIEW_KEPT &&
		    system_pread(hold->disk[range->disk].fd,
				 view->memory + range->offset, length,
				 range->begin) != (long)length) {
			text_add(why, "LVM's metadata can't be read");
			return EIO;
		}
	}
	return 0;
}

static void name_snapshot(struct view_volume *volume)
{
	char name[sizeof(volume->snapshot)];
	uint64_t pid = (uint64_t)system_parent();
	struct text text;

	text_begin(&text, name, sizeof(name));
	text_add(&text, volume->snapshot);
	text_begin(&text, volume->snapshot, sizeof(volume->snapshot));
	text_add(&text, SNAPSHOT_END_PREFIX);
	text_add_number(&text, pid);
	text_add(&text, "-");
	text_add_number(&text, process_began(pid));
	text_add(&text, "-");
	text_add(&text, name);
}

static int snapshot(struct view_volume *volume, struct text *done,
		    struct text *why)
{
	struct lvm_snapshot wish = {.group = volume->group,
				    .origin = volume->label,
				    .name = volume->snapshot,
				    .extents = volume->extents};
	char mapped[VIEW_NAME];
	struct text text;
	int r;

	name_snapshot(volume);
	atomic_store(&volume->state, HOLD_DOING);
	r = lvm_snapshot(&wish, why);
	if (r)
		return r;
	text_begin(&text, mapped, sizeof(mapped));
	lvm_join(volume->group, volume->snapshot, &text);
	if (!mapper_number(mapped, volume->number)) {
		text_add(why, "LVM made a snapshot, and it is not there: ");
		text_add(why, mapped);
		return EIO;
	}
	text_begin(&text, volume->node, sizeof(volume->node));
	text_add(&text, "/dev/mapper/");
	text_add(&text, mapped);
	atomic_store(&volume->state, HOLD_DONE);
	text_add(done, "a snapshot of ");
	text_add(done, volume->label);
	text_add(done, " (");
	text_add(done, volume->place);
	text_add(done, ") is there: ");
	text_add(done, volume->snapshot);
	text_add(done, "\n");
	return 0;
}

/** The layers that LVM has put below, looked at. */
struct layer {
	const struct hold *hold;
	struct devices *devices;
	uint32_t volume;
	bool store; /* where old blocks are put, else the volume itself */
	bool wrong;
	uint64_t size;
};

static void take_target(void *owner, const struct mapper_target *target)
{
	struct layer *layer = owner;
	struct view_range range = {.kind = VIEW_ZERO};
	struct view_range piece;
	char number[24];
	uint64_t offset;

	layer->size += target->length;
	if (!text_equal(target->kind, "linear") ||
	    !mapper_linear(target->words, number, &offset)) {
		layer->wrong = true;
		return;
	}
	if (!coverage_place(layer->hold, layer->devices, number, &range.disk,
			    &range.begin))
		return;
	range.begin += offset;
	range.end = range.begin + target->length;
	if (layer->store) {
		layer->wrong |= !view_add(layer->hold->view, &range);
		return;
	}
	/* Just what was planned: nobody has changed the volume since. */
	piece = view_piece(layer->hold->view, range.disk, range.begin,
			   target->length);
	layer->wrong |= piece.kind != VIEW_VOLUME ||
			piece.volume != layer->volume ||
			piece.offset != target->begin || piece.end != range.end;
}

static int look_at_layer(struct layer *layer, const char *mapped,
			 const char *suffix, struct text *why)
{
	char name[VIEW_NAME + 8];
	struct text text;

	text_begin(&text, name, sizeof(name));
	text_add(&text, mapped);
	text_add(&text, suffix);
	if (mapper_table(name, take_target, layer) == 0 && !layer->wrong &&
	    layer->size)
		return 0;
	text_add(why, name);
	text_add(why, " is not what was to be expected: somebody has changed "
		      "the volume meanwhile");
	return EBUSY;
}

static int look_at_layers(const struct hold *hold, struct devices *devices,
			  uint32_t i, struct text *why)
{
	const struct view_volume *volume = &hold->view->volume[i];
	struct layer below = {.hold = hold, .devices = devices, .volume = i};
	struct layer store = {.hold = hold, .devices = devices, .store = true};
	char mapped[VIEW_NAME];
	struct text text;
	int r = look_at_layer(&below, volume->mapped, "-real", why);

	if (r == 0 && below.size != volume->size) {
		text_add(why, volume->label);
		text_add(why, " has changed its size");
		r = EBUSY;
	}
	text_begin(&text, mapped, sizeof(mapped));
	lvm_join(volume->group, volume->snapshot, &text);
	return r ? r : look_at_layer(&store, mapped, "-cow", why);
}

int snapshot_make(struct hold *hold, struct devices *devices, struct text *done,
		  struct text *why)
{
	struct view *view = hold->view;
	int r;

	r = settle(view, why);
	if (r == 0)
		r = keep_bytes(hold, why);
	for (size_t i = 0; r == 0 && i < view->volumes; i++)
		r = snapshot(&view->volume[i], done, why);
	for (uint32_t i = 0; r == 0 && i < view->volumes; i++)
		r = look_at_layers(hold, devices, i, why);
	return r ? r : snapshot_end_check(view, why);
}
