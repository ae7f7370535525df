/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies on what, once more: partitions, arrays, containers and groups of
 * the source become those of the design.  An array stays one where each of its
 * members gets a disk of its own, and else becomes the first of them.
 */
#include "plan/fit_stack.h"

#include <stdio.h>
#include <string.h>

#include "plan/fit_group.h"
#include "plan/fit_work.h"

/* --- partitions ---------------------------------------------------------- */

static const struct layout_part *find_entry(const struct fit_work *work,
					    const struct storage_device *part)
{
	const struct layout *layout =
		part->ons ? &FIT_WORK_DEVICE(work, part->on[0])->layout : NULL;

	for (size_t i = 0; layout && i < layout->count; i++)
		if (layout->part[i].number == part->number)
			return &layout->part[i];
	return NULL;
}

static bool is_free(const struct fit_work *work, size_t disk, uint64_t number)
{
	if (!number || number > 128)
		return false;
	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *node = &work->design->node[i];

		if (node->kind == DESIGN_PART && node->on[0] == disk &&
		    node->number == number)
			return false;
	}
	return true;
}

static unsigned int choose_number(const struct fit_work *work, size_t disk,
				  uint64_t wish)
{
	unsigned int number = 1;

	if (is_free(work, disk, wish))
		return (unsigned int)wish;
	while (!is_free(work, disk, number) && number < 128)
		number++;
	return number;
}

size_t fit_stack_part(struct fit_work *work, size_t disk, const char *type)
{
	size_t node = fit_work_add(work, DESIGN_PART, FIT_NONE);
	struct design_node *part;

	if (node == FIT_NONE)
		return node;
	part = &work->design->node[node];
	part->number = choose_number(work, disk, 0);
	part->on[part->ons++] = disk;
	FIT_WORK_SET(part->type, type);
	work->need[node].disk = FIT_NONE;
	return node;
}

/* A disk that is all one thing becomes a partition, too: others may come to lie
 * on its target, and a table is where firmware and people look. */
static size_t put_part(struct fit_work *work, size_t device)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);
	size_t source = fit_work_disk(work, device);
	const struct layout_part *entry;
	struct design_node *part;
	size_t disk;
	size_t node;

	if (source == FIT_NONE)
		return FIT_NONE;
	disk = work->order->onto[source];
	node = fit_work_add(work, DESIGN_PART, device);
	if (node == FIT_NONE)
		return node;
	part = &work->design->node[node];
	part->number = choose_number(work, disk, from->number);
	part->on[part->ons++] = disk;
	FIT_WORK_SET(part->origin, from->name);
	entry = from->kind == STORAGE_PART ? find_entry(work, from) : NULL;
	if (entry) {
		FIT_WORK_SET(part->type, entry->type ? entry->type : "");
		/* What an MBR's are called follows from its own signature. */
		if (entry->uuid && strlen(entry->uuid) == 36)
			FIT_WORK_SET(part->uuid, entry->uuid);
		FIT_WORK_SET(part->name, entry->name ? entry->name : "");
		part->flags = entry->flags;
	}
	work->need[node].disk = source;
	work->need[node].start = from->start;
	return node;
}

/* --- arrays -------------------------------------------------------------- */

static bool have_own_disks(const struct fit_work *work,
			   const struct storage_device *array)
{
	if (array->ons < 2 || array->on_more)
		return false;
	for (size_t i = 0; i < array->ons; i++) {
		size_t disk = fit_work_disk(work, array->on[i]);

		if (disk == FIT_NONE)
			return false;
		for (size_t k = 0; k < i; k++)
			if (work->order
				    ->onto[fit_work_disk(work, array->on[k])] ==
			    work->order->onto[disk])
				return false;
	}
	return true;
}

/* What it stood on is not there any more: it is told by its own name. */
static size_t name_instead(struct fit_work *work, size_t node,
			   const struct storage_device *from, const char *name)
{
	if (node == FIT_NONE)
		return node;
	FIT_WORK_SET(work->design->node[node].origin, name);
	work->fit->row[node].before = from->size;
	return node;
}

static size_t put_first(struct fit_work *work, size_t device)
{
	const struct storage_device *array = FIT_WORK_DEVICE(work, device);

	for (size_t i = 0; i < array->ons; i++)
		if (fit_work_disk(work, array->on[i]) != FIT_NONE) {
			fit_work_note(work,
				      "the array %s (%s) becomes one partition",
				      array->name, array->level);
			return name_instead(work,
					    fit_stack_put(work, array->on[i]),
					    array, array->name);
		}
	return FIT_NONE;
}

static size_t put_array(struct fit_work *work, size_t device)
{
	const struct storage_device *array = FIT_WORK_DEVICE(work, device);
	size_t on[STORAGE_ON_MAX];
	struct design_node *node;
	size_t made;

	if (!have_own_disks(work, array))
		return put_first(work, device);
	for (size_t i = 0; i < array->ons; i++) {
		on[i] = fit_stack_put(work, array->on[i]);
		if (on[i] == FIT_NONE)
			return FIT_NONE;
	}
	made = fit_work_add(work, DESIGN_ARRAY, device);
	if (made == FIT_NONE)
		return made;
	node = &work->design->node[made];
	memcpy(node->on, on, sizeof(on));
	node->ons = array->ons;
	FIT_WORK_SET(node->origin, array->name);
	FIT_WORK_SET(node->name, array->md_name);
	FIT_WORK_SET(node->uuid, array->md_uuid);
	FIT_WORK_SET(node->level, array->level);
	FIT_WORK_SET(node->metadata,
		     *array->metadata ? array->metadata : "1.2");
	return made;
}

/* --- containers ---------------------------------------------------------- */

static size_t put_container(struct fit_work *work, size_t device)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);
	const struct superblock *luks;
	struct design_node *node;
	size_t made;
	size_t on;

	if (from->ons != 1)
		return FIT_NONE;
	luks = &FIT_WORK_DEVICE(work, from->on[0])->fs;
	if (strcmp(luks->fs, "crypto_LUKS") != 0) {
		fit_work_refuse(work,
				"%s (%s) is encrypted by something else than "
				"LUKS, with a key that is nowhere to be read",
				from->mapped, from->name);
		return FIT_NONE;
	}
	if (!work->order->plain && !fit_work_is_name(from->mapped)) {
		fit_work_refuse(work, "%s: no container is called so",
				from->mapped);
		return FIT_NONE;
	}
	on = fit_stack_put(work, from->on[0]);
	if (on == FIT_NONE)
		return on;
	if (work->order->plain) {
		fit_work_note(work,
			      "what was encrypted as %s is not any more, as "
			      "the job says",
			      from->mapped);
		return name_instead(work, on, from, from->mapped);
	}
	made = fit_work_add(work, DESIGN_CONTAINER, device);
	if (made == FIT_NONE)
		return made;
	node = &work->design->node[made];
	node->on[node->ons++] = on;
	node->version = luks->version == 1 ? 1 : 2;
	FIT_WORK_SET(node->origin, from->mapped);
	FIT_WORK_SET(node->name, from->mapped);
	FIT_WORK_SET(node->uuid, luks->uuid);
	return made;
}

/* --- all ----------------------------------------------------------------- */

static size_t put(struct fit_work *work, size_t device)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);

	switch (from->kind) {
	case STORAGE_DISK:
		return put_part(work, device);
	case STORAGE_PART:
		if (from->ons &&
		    FIT_WORK_DEVICE(work, from->on[0])->kind == STORAGE_DISK)
			return put_part(work, device);
		break;
	case STORAGE_MD:
		return put_array(work, device);
	case STORAGE_CRYPT:
		return put_container(work, device);
	case STORAGE_LVM:
		return fit_group_put(work, device, fit_stack_put);
	case STORAGE_OTHER:
		break;
	}
	fit_work_refuse(work, "%s (%s): lander knows no way to make this again",
			from->name, from->word);
	return FIT_NONE;
}

size_t fit_stack_put(struct fit_work *work, size_t device)
{
	if (work->made[device] == FIT_NONE)
		work->made[device] = put(work, device);
	return work->made[device];
}

/* What a partition holds that is no array's and no container's any more. */
static const char *type_of(const struct fit_work *work, size_t which)
{
	const struct design_node *node = &work->design->node[which];

	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *above = &work->design->node[i];

		for (size_t k = 0; k < above->ons; k++)
			if (above->on[k] == which) {
				if (above->kind == DESIGN_ARRAY)
					return FIT_GUID_RAID;
				if (above->kind == DESIGN_CONTAINER)
					return FIT_GUID_LUKS;
			}
	}
	if (node->physical)
		return FIT_GUID_LVM;
	if (!strcmp(node->fs.fs, "swap"))
		return FIT_GUID_SWAP;
	return !strcmp(node->fs.fs, "vfat") ? FIT_GUID_BASIC : FIT_GUID_LINUX;
}

/* The same in a table of the other kind. */
static const char *type_of_mbr(const char *guid)
{
	static const char *const row[][2] = {
		{FIT_GUID_RAID, "0xfd"}, {FIT_GUID_LVM, "0x8e"},
		{FIT_GUID_SWAP, "0x82"}, {FIT_GUID_BASIC, "0x0c"},
		{FIT_GUID_ESP, "0xef"},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (!strcmp(row[i][0], guid))
			return row[i][1];
	return "0x83";
}

static bool is_raid(const char *type)
{
	return !strcasecmp(type, FIT_GUID_RAID) || !strcmp(type, "0xfd");
}

void fit_stack_type(struct fit_work *work)
{
	for (size_t i = 0; i < work->design->count; i++) {
		struct design_node *node = &work->design->node[i];
		const char *disk;
		const char *type;
		bool mbr;

		if (node->kind != DESIGN_PART || node->extended)
			continue;
		disk = work->design->node[node->on[0]].table;
		mbr = !strcmp(disk, "dos");
		type = type_of(work, i);
		if (!strcasecmp(node->type, FIT_GUID_ESP) ||
		    !strcmp(node->type, "0xef"))
			type = FIT_GUID_ESP;
		/* Kept, when it is of this kind of table and still true. */
		if (*node->type && mbr == !strncmp(node->type, "0x", 2) &&
		    (!is_raid(node->type) || !strcmp(type, FIT_GUID_RAID)) &&
		    (strcasecmp(node->type, FIT_GUID_LUKS) != 0 ||
		     !strcmp(type, FIT_GUID_LUKS)))
			continue;
		FIT_WORK_SET(node->type, mbr ? type_of_mbr(type) : type);
	}
}
