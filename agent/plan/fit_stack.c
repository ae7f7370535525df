/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies on what, once more: partitions, arrays, containers and groups of
 * the source become those of the design.  An array stays one where each of its
 * members gets a disk of its own, and else becomes the first of them; physical
 * volumes of a group that come to lie on one disk become one; whatever a
 * logical volume was made of, it becomes a linear one.
 */
#include "plan/fit_stack.h"

#include <stdio.h>
#include <string.h>

#include "plan/fit_work.h"

static void set(char *to, size_t room, const char *text)
{
	size_t length = strlen(text);

	if (length >= room)
		length = room - 1;

	memcpy(to, text, length);
	to[length] = '\0';
}

#define SET(to, text) set(to, sizeof(to), text)

static const struct storage_device *device_at(const struct fit_work *work,
					      size_t device)
{
	return &work->storage->device[device];
}

/* --- partitions ---------------------------------------------------------- */

static const struct layout_part *find_entry(const struct fit_work *work,
					    const struct storage_device *part)
{
	const struct layout *layout =
		part->ons ? &device_at(work, part->on[0])->layout : NULL;

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
	SET(part->type, type);
	work->need[node].disk = FIT_NONE;
	return node;
}

/* A disk that is all one thing becomes a partition, too: others may come to lie
 * on its target, and a table is where firmware and people look. */
static size_t put_part(struct fit_work *work, size_t device)
{
	const struct storage_device *from = device_at(work, device);
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
	SET(part->origin, from->name);
	entry = from->kind == STORAGE_PART ? find_entry(work, from) : NULL;
	if (entry) {
		SET(part->type, entry->type ? entry->type : "");
		SET(part->uuid, entry->uuid ? entry->uuid : "");
		SET(part->name, entry->name ? entry->name : "");
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

static size_t put_first(struct fit_work *work, size_t device)
{
	const struct storage_device *array = device_at(work, device);

	for (size_t i = 0; i < array->ons; i++)
		if (fit_work_disk(work, array->on[i]) != FIT_NONE) {
			fit_work_note(work,
				      "the array %s (%s) becomes one partition",
				      array->name, array->level);
			return fit_stack_put(work, array->on[i]);
		}
	return FIT_NONE;
}

static size_t put_array(struct fit_work *work, size_t device)
{
	const struct storage_device *array = device_at(work, device);
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
	SET(node->origin, array->name);
	SET(node->name, array->md_name);
	SET(node->uuid, array->md_uuid);
	SET(node->level, array->level);
	SET(node->metadata, *array->metadata ? array->metadata : "1.2");
	return made;
}

/* --- containers ---------------------------------------------------------- */

static size_t put_container(struct fit_work *work, size_t device)
{
	const struct storage_device *from = device_at(work, device);
	const struct superblock *luks;
	struct design_node *node;
	size_t made;
	size_t on;

	if (from->ons != 1)
		return FIT_NONE;
	luks = &device_at(work, from->on[0])->fs;
	if (strcmp(luks->fs, "crypto_LUKS") != 0) {
		fit_work_refuse(work,
				"%s (%s) is encrypted by something else than "
				"LUKS, with a key that is nowhere to be read",
				from->mapped, from->name);
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
		return on;
	}
	made = fit_work_add(work, DESIGN_CONTAINER, device);
	if (made == FIT_NONE)
		return made;
	node = &work->design->node[made];
	node->on[node->ons++] = on;
	node->version = luks->version == 1 ? 1 : 2;
	SET(node->origin, from->name);
	SET(node->name, from->mapped);
	SET(node->uuid, luks->uuid);
	return made;
}

/* --- groups -------------------------------------------------------------- */

/* Also a hidden one, "vg-root_rimage_0", whose halves are not known. */
static bool is_of_group(const struct storage_device *volume, const char *group)
{
	char prefix[2 * STORAGE_NAME + 2];
	size_t n = 0;

	if (volume->kind != STORAGE_LVM)
		return false;
	for (const char *at = group; *at; at++) {
		prefix[n++] = *at;
		if (*at == '-')
			prefix[n++] = '-';
	}
	prefix[n++] = '-';
	return !strncmp(volume->mapped, prefix, n) && volume->mapped[n] != '-';
}

static bool is_physical(const struct fit_work *work, size_t device,
			const char *group)
{
	if (strcmp(device_at(work, device)->fs.fs, "LVM2_member") != 0)
		return false;
	for (size_t i = 0; i < work->storage->devices; i++) {
		const struct storage_device *volume = device_at(work, i);

		if (!is_of_group(volume, group))
			continue;
		for (size_t k = 0; k < volume->ons; k++)
			if (volume->on[k] == device)
				return true;
	}
	return false;
}

/* A physical volume of the group that lies on that disk already. */
static size_t find_on(const struct fit_work *work,
		      const struct design_node *group, size_t disk)
{
	for (size_t i = 0; i < group->ons; i++)
		if (fit_work_target(work, group->on[i]) == disk)
			return group->on[i];
	return FIT_NONE;
}

static bool add_physical(struct fit_work *work, struct design_node *group,
			 size_t device)
{
	const struct storage_device *from = device_at(work, device);
	size_t source = fit_work_disk(work, device);
	struct design_node *node;
	size_t on;

	if (source == FIT_NONE) {
		fit_work_refuse(work,
				"the volume group %s lies on %s, too, which "
				"is not of this job",
				group->name, from->name);
		return false;
	}
	on = find_on(work, group, work->order->onto[source]);
	if (on != FIT_NONE) {
		work->need[on].weight += from->size;
		fit_work_note(work,
			      "%s is not needed: the volume group %s is in "
			      "one piece on its new disk",
			      from->name, group->name);
		return true;
	}
	on = fit_stack_put(work, device);
	if (on == FIT_NONE || group->ons == DESIGN_ON)
		return false;
	node = &work->design->node[on];
	node->physical = true;
	work->need[on].weight += from->size;
	SET(node->physical_uuid, from->fs.uuid);
	group->on[group->ons++] = on;
	return true;
}

static size_t put_group(struct fit_work *work, const char *name)
{
	struct design_node group = {.kind = DESIGN_GROUP};
	size_t made;

	for (size_t i = 0; i < work->design->count; i++)
		if (work->design->node[i].kind == DESIGN_GROUP &&
		    !strcmp(work->design->node[i].name, name))
			return i;
	SET(group.name, name);
	SET(group.origin, name);
	for (size_t i = 0; i < work->storage->devices; i++)
		if (is_physical(work, i, name) &&
		    !add_physical(work, &group, i))
			return FIT_NONE;
	made = group.ons ? fit_work_add(work, DESIGN_GROUP, FIT_NONE)
			 : FIT_NONE;
	if (made != FIT_NONE)
		work->design->node[made] = group;
	return made;
}

static size_t put_volume(struct fit_work *work, size_t device)
{
	const struct storage_device *from = device_at(work, device);
	struct design_node *node;
	size_t group;
	size_t made;

	if (!*from->group || !*from->volume) {
		fit_work_refuse(work, "%s is no volume that LVM shows",
				from->mapped);
		return FIT_NONE;
	}
	group = put_group(work, from->group);
	made = group == FIT_NONE ? FIT_NONE
				 : fit_work_add(work, DESIGN_VOLUME, device);
	if (made == FIT_NONE)
		return made;
	node = &work->design->node[made];
	node->on[node->ons++] = group;
	SET(node->name, from->volume);
	(void)snprintf(node->origin, sizeof(node->origin), "%.60s/%.60s",
		       from->group, from->volume);
	if (strcmp(from->target, "linear") != 0)
		fit_work_note(
			work, "the volume %s/%s (%s) becomes a linear one",
			from->group, from->volume,
			*from->target ? from->target : "of several kinds");
	return made;
}

/* --- all ----------------------------------------------------------------- */

static size_t put(struct fit_work *work, size_t device)
{
	const struct storage_device *from = device_at(work, device);

	switch (from->kind) {
	case STORAGE_DISK:
		return put_part(work, device);
	case STORAGE_PART:
		if (from->ons &&
		    device_at(work, from->on[0])->kind == STORAGE_DISK)
			return put_part(work, device);
		break;
	case STORAGE_MD:
		return put_array(work, device);
	case STORAGE_CRYPT:
		return put_container(work, device);
	case STORAGE_LVM:
		return put_volume(work, device);
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
		SET(node->type, mbr ? type_of_mbr(type) : type);
	}
}
