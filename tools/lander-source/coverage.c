/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands in the place of each part of the disks while their machine goes
 * on: volumes that are written to get a snapshot, LVM's own metadata is kept as
 * it was before, swap is left empty, and what is small and seldom written to is
 * watched.  Everything else that may be written to is refused by its name.  It
 * changes nothing.
 * Sources: sysfs-block of the kernel's ABI documents, sysfs-block-dm, pvs(8),
 * mkswap(8).
 */
#include "lander-source/coverage.h"

#include <errno.h>

#include "lander-source/collect.h"
#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/hold.h"
#include "lander-source/lvm.h"
#include "lander-source/mapper.h"
#include "lander-source/swap.h"
#include "lander-source/text.h"
#include "lander-source/view.h"

#define SYS	  "/sys/dev/block/"
#define SECTOR	  512U
#define SMALL	  ((uint64_t)4 << 30) /* bytes: /boot and an ESP are that */
#define SWAP_HEAD 65536U	      /* its header, of the largest page */
#define PAGE	  4096U

static bool is_part[DEVICES_MAX];
static bool is_swap[DEVICES_MAX];

void coverage_complain(struct coverage *coverage, const char *name,
		       const char *words)
{
	if (coverage->why->length)
		text_add(coverage->why, "; ");
	text_add(coverage->why, name);
	text_add(coverage->why, words);
}

bool coverage_place(const struct hold *hold, struct devices *devices,
		    const char *number, uint32_t *ret_disk, uint64_t *ret_start)
{
	const struct device *device = device_find(devices, number);
	const char *disk;

	*ret_start = 0;
	if (view_index(hold->view, number, ret_disk))
		return true;
	if (!device || !file_read_number(SYS, number, "/partition", NULL))
		return false;
	disk = devices->device[device->whole].number;
	*ret_start = file_read_number(SYS, number, "/start", NULL) * SECTOR;
	return *ret_start && view_index(hold->view, disk, ret_disk);
}

static void add(struct coverage *coverage, const char *name,
		const struct view_range *range)
{
	if (!view_add(coverage->hold->view, range))
		coverage_complain(coverage, name,
				  " lies in more parts than can be followed, "
				  "or on another volume");
}

/* Bytes of a disk that are kept, filled in when the time has come. */
static void add_memory(struct coverage *coverage, const char *name,
		       const struct view_range *place)
{
	struct view *view = coverage->hold->view;
	struct view_range range = *place;
	uint64_t length = range.end - range.begin;

	if (length > VIEW_KEPT_MAX - view->used) {
		coverage_complain(coverage, name,
				  " has more metadata than can be kept in "
				  "memory");
		return;
	}
	range.kind = VIEW_KEPT;
	range.offset = view->used;
	view->used += (length + PAGE - 1) / PAGE * PAGE;
	add(coverage, name, &range);
}

static void watch(struct coverage *coverage, const struct device *device)
{
	struct view *view = coverage->hold->view;
	struct view_watched *watched = &view->watched[view->watches];
	struct text text;

	if (view->watches == VIEW_WATCHED) {
		coverage_complain(coverage, device->label,
				  ": more devices than can be watched");
		return;
	}
	view->watches++;
	text_begin(&text, watched->label, sizeof(watched->label));
	text_add(&text, device->label);
	text_begin(&text, watched->number, sizeof(watched->number));
	text_add(&text, device->number);
}

/* --- physical volumes -------------------------------------------------- */

static void note_group(struct coverage *coverage, const struct lvm_part *part)
{
	struct coverage_group *group;
	struct text text;

	for (unsigned int i = 0; i < coverage->groups; i++)
		if (text_equal(coverage->group[i].name, part->group))
			return;
	if (coverage->groups == COVERAGE_GROUPS) {
		coverage_complain(coverage, part->group,
				  ": more volume groups than can be handled");
		return;
	}
	group = &coverage->group[coverage->groups++];
	text_begin(&text, group->name, sizeof(group->name));
	text_add(&text, part->group);
	group->extent = part->extent;
	group->free = part->free;
}

static void note_part(void *owner, const struct lvm_part *part)
{
	struct coverage *coverage = owner;
	struct device *device = device_find_node(coverage->devices, part->node);
	struct view_range range = {0};

	if (!device)
		return;
	is_part[device - coverage->devices->device] = true;
	if (!*part->group)
		return;
	note_group(coverage, part);
	if (!coverage_place(coverage->hold, coverage->devices, device->number,
			    &range.disk, &range.begin))
		coverage_complain(coverage, device->label,
				  " holds volumes, and is no partition of "
				  "these disks: it can't be followed through "
				  "RAID or encryption");
	else if (part->metadata > 1)
		coverage_complain(coverage, device->label,
				  " keeps LVM's metadata in two places");
	else if (!part->data || part->data % SECTOR || !part->extent)
		coverage_complain(coverage, device->label,
				  " does not tell where its extents are");
	else {
		range.end = range.begin + part->data;
		add_memory(coverage, device->label, &range);
	}
}

/* --- volumes ----------------------------------------------------------- */

/** A volume's table on its way into the view. */
struct walk {
	struct coverage *coverage;
	const char *name;
	bool swap;
	uint32_t volume;
	uint64_t size;
	bool odd; /* not linear all over */
	char kind[16];
};

/* Its first bytes are what makes it swap; the rest is nobody's. */
static void add_swap(struct coverage *coverage, const char *name,
		     struct view_range range, uint64_t offset)
{
	struct view_range head = range;

	if (offset < SWAP_HEAD) {
		if (head.end - head.begin > SWAP_HEAD - offset)
			head.end = head.begin + (SWAP_HEAD - offset);
		add_memory(coverage, name, &head);
		range.begin = head.end;
	}
	range.kind = VIEW_ZERO;
	add(coverage, name, &range);
}

static void take_target(void *owner, const struct mapper_target *target)
{
	struct walk *walk = owner;
	struct view_range range = {.kind = VIEW_VOLUME,
				   .volume = walk->volume,
				   .offset = target->begin};
	char number[24];
	uint64_t offset;
	struct text text;

	walk->size += target->length;
	if (!text_equal(target->kind, "linear") ||
	    !mapper_linear(target->words, number, &offset)) {
		walk->odd = true;
		text_begin(&text, walk->kind, sizeof(walk->kind));
		text_add(&text, target->kind);
		return;
	}
	/* Parts of it may lie on disks that are not copied. */
	if (!coverage_place(walk->coverage->hold, walk->coverage->devices,
			    number, &range.disk, &range.begin))
		return;
	range.begin += offset;
	range.end = range.begin + target->length;
	if (walk->swap)
		add_swap(walk->coverage, walk->name, range, target->begin);
	else
		add(walk->coverage, walk->name, &range);
}

static bool walk_table(struct walk *walk)
{
	char words[64];
	struct text text;
	long r = mapper_table(walk->name, take_target, walk);

	text_begin(&text, words, sizeof(words));
	text_add(&text, " is not a linear volume");
	if (walk->odd) {
		text_add(&text, " but ");
		text_add(&text, walk->kind);
	}
	if (r < 0 || walk->odd || !walk->size)
		coverage_complain(walk->coverage, walk->name, words);
	return r == 0 && !walk->odd && walk->size;
}

static void add_volume(struct coverage *coverage, const char *mapped,
		       const struct hold_system *system)
{
	struct view *view = coverage->hold->view;
	struct view_volume *volume = &view->volume[view->volumes];
	struct walk walk = {.coverage = coverage,
			    .name = mapped,
			    .volume = (uint32_t)view->volumes};
	char name[128];
	struct text text;

	if (view->volumes == VIEW_VOLUMES) {
		coverage_complain(coverage, mapped,
				  ": more volumes than can be snapshotted");
		return;
	}
	if (!lvm_split(mapped, volume->group, name, sizeof(name)) ||
	    !walk_table(&walk))
		return;
	view->volumes++;
	volume->size = walk.size;
	text_begin(&text, volume->mapped, sizeof(volume->mapped));
	text_add(&text, mapped);
	text_begin(&text, volume->label, sizeof(volume->label));
	text_add(&text, volume->group);
	text_add(&text, "/");
	text_add(&text, name);
	text_begin(&text, volume->snapshot, sizeof(volume->snapshot));
	text_add(&text, name);
	text_begin(&text, volume->place, sizeof(volume->place));
	text_add(&text, system->place);
}

/* --- every device ------------------------------------------------------ */

static void note_swap(void *owner, const struct swap *place)
{
	struct coverage *coverage = owner;
	struct device *device =
		device_find_node(coverage->devices, place->path);

	if (device && !place->file)
		is_swap[device - coverage->devices->device] = true;
}

static void cover_volume(struct coverage *coverage, size_t i,
			 const struct hold_system *system)
{
	const struct device *device = &coverage->devices->device[i];
	struct walk walk = {.coverage = coverage, .swap = true};
	char mapped[VIEW_NAME];
	char group[128];
	char name[128];

	walk.name = file_read_line(mapped, sizeof(mapped), SYS, device->number,
				   "/dm/name", NULL);
	/* A layer of one that is looked at itself. */
	if (!lvm_split(mapped, group, name, sizeof(name))) {
		if (system || is_swap[i])
			coverage_complain(coverage, mapped,
					  " is no volume that LVM shows");
	} else if (system) {
		add_volume(coverage, mapped, system);
	} else if (is_swap[i]) {
		(void)walk_table(&walk);
	} else {
		watch(coverage, device);
	}
}

static void cover_plain(struct coverage *coverage, size_t i,
			const struct hold_system *system)
{
	const struct device *device = &coverage->devices->device[i];
	uint64_t size =
		SECTOR * file_read_number(SYS, device->number, "/size", NULL);
	struct view_range range = {0};

	if (is_swap[i] &&
	    coverage_place(coverage->hold, coverage->devices, device->number,
			   &range.disk, &range.begin)) {
		range.end = range.begin + size;
		add_swap(coverage, device->label, range, 0);
	} else if (is_swap[i]) {
		coverage_complain(coverage, device->label,
				  " is swapped to, and no partition here");
	} else if (system && size > SMALL) {
		hold_tell(coverage->why, coverage->why->length ? "; " : "",
			  system,
			  " is on no volume of LVM, and too large a partition "
			  "to hope that nobody writes to it");
	} else {
		watch(coverage, device);
	}
}

static void cover(struct coverage *coverage, size_t i)
{
	const struct device *device = &coverage->devices->device[i];
	const struct hold_system *system =
		collect_find(coverage->hold, device->number);
	bool plain = device->whole != i ||
		     view_index(coverage->hold->view, device->number,
				&(uint32_t){0});
	char uuid[256];

	(void)file_read_line(uuid, sizeof(uuid), SYS, device->number,
			     "/dm/uuid", NULL);
	if (is_part[i])
		return;
	if (text_begins(uuid, "LVM-"))
		cover_volume(coverage, i, system);
	else if (plain && (device->leaf || device->whole != i))
		cover_plain(coverage, i, system);
	else if (system)
		hold_tell(coverage->why, coverage->why->length ? "; " : "",
			  system,
			  " is neither on a volume of LVM nor on a partition");
	else if (is_swap[i])
		coverage_complain(coverage, device->label,
				  " is swapped to, and neither a volume nor a "
				  "partition");
}

/* btrfs, which has numbers of its own and must never see a second device with
 * its name; and what else is on no device that was looked at. */
static void check_systems(struct coverage *coverage)
{
	struct hold *hold = coverage->hold;

	for (size_t i = 0; i < hold->systems; i++)
		if (!device_find(coverage->devices, hold->system[i].number))
			hold_tell(coverage->why,
				  coverage->why->length ? "; " : "",
				  &hold->system[i],
				  " can't be snapshotted by LVM");
}

int coverage_make(struct coverage *coverage)
{
	struct hold *hold = coverage->hold;
	struct view *view = hold->view;
	int r;

	for (size_t i = 0; i < hold->disks; i++) {
		struct text text;

		text_begin(&text, view->disk[view->disks++],
			   sizeof(view->disk[0]));
		text_add(&text, hold->disk[i].number);
	}
	r = lvm_parts(note_part, coverage, coverage->why);
	if (r)
		return r;
	swap_each(note_swap, coverage);
	check_systems(coverage);
	for (size_t i = 0; i < coverage->devices->count; i++)
		cover(coverage, i);
	if (hold->files)
		coverage_complain(coverage, "a disk that is a file",
				  " can't be snapshotted");
	if (!view->volumes && !coverage->why->length)
		coverage_complain(coverage, "",
				  "no volume of LVM on these disks is written "
				  "to: there is nothing to snapshot");
	return coverage->why->length ? EBUSY : 0;
}
