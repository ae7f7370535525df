/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables and places on disks.  A disk keeps its kind of table, its identity and
 * the order of its partitions; what a firmware of the other kind needs comes
 * first.  An MBR is left for a GPT where one of UEFI's partitions is added,
 * where it could not count the sectors, or where two disks become one.
 */
#include "plan/fit_place.h"

#include <stdio.h>
#include <string.h>

#include "plan/fit_mount.h"
#include "plan/fit_need.h"
#include "plan/fit_stack.h"
#include "plan/fit_work.h"

#define SET(to, text) ((void)snprintf(to, sizeof(to), "%s", text))
#define ESP_SIZE      (512 * FIT_MIB)

/* The one source disk that goes to this target, FIT_NONE for several. */
static size_t only_source(const struct fit_work *work, size_t target)
{
	size_t found = FIT_NONE;

	for (size_t i = 0; i < work->order->sources; i++) {
		if (work->order->onto[i] != target)
			continue;
		if (found != FIT_NONE)
			return FIT_NONE;
		found = i;
	}
	return found;
}

static const struct layout *layout_of(const struct fit_work *work,
				      size_t source)
{
	size_t device =
		storage_find(work->storage, work->order->source[source]);

	return device == STORAGE_NONE ? NULL
				      : &work->storage->device[device].layout;
}

/* The first of those that go there gives its identity. */
static const struct layout *first_layout(const struct fit_work *work,
					 size_t target)
{
	for (size_t i = 0; i < work->order->sources; i++) {
		const struct layout *layout = layout_of(work, i);

		if (work->order->onto[i] == target && layout && layout->kind)
			return layout;
	}
	return NULL;
}

static bool has_type(const struct fit_work *work, size_t disk, const char *guid,
		     const char *mbr)
{
	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *node = &work->design->node[i];

		if (node->kind == DESIGN_PART &&
		    (disk == FIT_NONE || node->on[0] == disk) &&
		    (!strcasecmp(node->type, guid) || !strcmp(node->type, mbr)))
			return true;
	}
	return false;
}

/* Firmware starts from where the kernels are. */
static size_t boot_disk(const struct fit_work *work)
{
	size_t node = work->root;

	for (size_t i = 0; i < work->design->mounts; i++)
		if (!strcmp(work->design->mount[i].place, "/boot"))
			node = work->design->mount[i].node;
	return node == FIT_NONE ? FIT_NONE : fit_work_target(work, node);
}

static void choose_table(struct fit_work *work, size_t disk, bool new_esp)
{
	const struct layout *layout = first_layout(work, disk);
	const struct fit_target *target = &work->order->target[disk];
	struct design_node *node = &work->design->node[disk];
	bool mbr = layout && !strcmp(layout->kind, "dos") &&
		   only_source(work, disk) != FIT_NONE && !new_esp &&
		   target->size / target->sector <= UINT32_MAX;

	SET(node->table, mbr ? "dos" : "gpt");
	if (!layout || !layout->id)
		return;
	/* An identity is of one kind of table. */
	if (mbr)
		(void)snprintf(node->uuid, sizeof(node->uuid), "0x%.8s",
			       layout->id);
	else if (!strcmp(layout->kind, "gpt"))
		SET(node->uuid, layout->id);
	if (!mbr && !strcmp(layout->kind, "dos"))
		fit_work_note(work, "%s gets a GPT in the place of an MBR",
			      target->name);
}

static void add_esp(struct fit_work *work, size_t disk)
{
	size_t node = fit_stack_part(work, disk, FIT_GUID_ESP);
	struct superblock *fs;
	char uuid[37];

	if (node == FIT_NONE)
		return;
	fs = &work->design->node[node].fs;
	fit_work_uuid(work, "esp", uuid);
	SET(fs->fs, "vfat");
	fs->version = 32;
	fs->block = work->order->target[disk].sector;
	(void)snprintf(fs->uuid, sizeof(fs->uuid), "%.4s-%.4s", uuid, uuid + 4);
	for (char *at = fs->uuid; *at; at++)
		if (*at >= 'a' && *at <= 'f')
			*at = (char)(*at - 'a' + 'A');
	SET(fs->label, "ESP");
	fit_need_leaf(work, node, &(struct fit_need_use){.size = ESP_SIZE});
	work->need[node].least = superblock_least(fs);
	SET(work->design->node[node].origin, "the EFI System Partition");
	fit_mount_add(work, node, "/boot/efi");
	fit_work_note(work, "an EFI System Partition is new: this machine "
			    "starts by UEFI, the source by BIOS");
}

static void add_bios(struct fit_work *work, size_t disk)
{
	size_t node = fit_stack_part(work, disk, FIT_GUID_BIOS);

	if (node == FIT_NONE)
		return;
	work->need[node].least = work->need[node].best = FIT_MIB;
	work->need[node].leaf = work->need[node].fixed = true;
	fit_work_note(work, "a BIOS boot partition is new: this machine "
			    "starts by BIOS, from a GPT");
}

void fit_place_tables(struct fit_work *work)
{
	size_t boot = boot_disk(work);
	bool new_esp = work->order->uefi &&
		       !has_type(work, FIT_NONE, FIT_GUID_ESP, "0xef");

	for (size_t i = 0; i < work->order->targets; i++)
		choose_table(work, i, new_esp && i == boot);
	if (boot == FIT_NONE)
		return;
	if (new_esp)
		add_esp(work, boot);
	if (!work->order->uefi &&
	    !strcmp(work->design->node[boot].table, "gpt") &&
	    !has_type(work, boot, FIT_GUID_BIOS, "-"))
		add_bios(work, boot);
}

/* --- places -------------------------------------------------------------- */

/* New ones of firmware's come first, other new ones last. */
static uint64_t rank(const struct fit_work *work, size_t node)
{
	const struct fit_need *need = &work->need[node];

	if (need->disk == FIT_NONE)
		return *work->design->node[node].type ? 0 : UINT64_MAX;
	return ((uint64_t)need->disk + 1) << 48 |
	       need->start >> 12 /* below 2^48 */;
}

/* The partition that comes next on a disk, of those without a place. */
static size_t next_part(const struct fit_work *work, size_t disk)
{
	size_t best = FIT_NONE;

	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *node = &work->design->node[i];

		if (node->kind != DESIGN_PART || node->on[0] != disk ||
		    node->start || node->extended)
			continue;
		if (best == FIT_NONE || rank(work, i) < rank(work, best))
			best = i;
	}
	return best;
}

static bool is_number_used(const struct fit_work *work, size_t disk,
			   unsigned int number)
{
	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *node = &work->design->node[i];

		if (node->kind == DESIGN_PART && node->on[0] == disk &&
		    node->number == number)
			return true;
	}
	return false;
}

static size_t add_extended(struct fit_work *work, size_t disk, uint64_t at)
{
	size_t node = fit_work_add(work, DESIGN_PART, FIT_NONE);
	struct design_node *part;

	if (node == FIT_NONE)
		return node;
	part = &work->design->node[node];
	part->extended = true;
	part->start = at;
	SET(part->type, "0x05");
	/* Where it is looked for, it is not yet on any disk. */
	part->number = 1;
	part->on[0] = FIT_NONE;
	while (part->number < 4 && is_number_used(work, disk, part->number))
		part->number++;
	part->on[part->ons++] = disk;
	return node;
}

static void number_logical(struct fit_work *work, struct design_node *part,
			   unsigned int number)
{
	if (part->number != number)
		fit_work_note(work, "%s becomes number %u",
			      *part->origin ? part->origin : "a new partition",
			      number);
	part->number = number;
}

/* Numbers stay, above four inside of an extended one; a number in there is a
 * place in a chain, and moves up when one before it is left out. */
static void place_mbr(struct fit_work *work, size_t disk)
{
	unsigned int number = 5;
	uint64_t at = FIT_MIB;
	size_t extended = FIT_NONE;
	size_t which;

	while ((which = next_part(work, disk)) != FIT_NONE) {
		bool logical = work->design->node[which].number > 4;
		struct design_node *part;

		if (logical && extended == FIT_NONE) {
			extended = add_extended(work, disk, at);
			if (extended == FIT_NONE)
				return;
		}
		part = &work->design->node[which];
		if (logical) {
			/* Each has a sector of its own before it. */
			at += FIT_MIB;
			number_logical(work, part, number++);
		}
		part->start = at;
		at += part->size;
		if (logical)
			work->design->node[extended].size =
				at - work->design->node[extended].start;
	}
}

static void place_gpt(struct fit_work *work, size_t disk)
{
	uint64_t at = FIT_MIB;
	size_t which;

	while ((which = next_part(work, disk)) != FIT_NONE) {
		work->design->node[which].start = at;
		at += work->design->node[which].size;
	}
}

void fit_place_parts(struct fit_work *work)
{
	for (size_t i = 0; i < work->order->targets; i++) {
		if (!strcmp(work->design->node[i].table, "dos"))
			place_mbr(work, i);
		else
			place_gpt(work, i);
	}
}
