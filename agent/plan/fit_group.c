/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volume groups: the same names, on the physical volumes that are left when
 * those that come to lie on one disk have become one.  Whatever a volume was
 * made of, it becomes a linear one.
 */
#include "plan/fit_group.h"

#include <stdio.h>
#include <string.h>

#include "plan/fit_work.h"

typedef size_t put_function(struct fit_work *work, size_t device);

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
	if (strcmp(FIT_WORK_DEVICE(work, device)->fs.fs, "LVM2_member") != 0)
		return false;
	for (size_t i = 0; i < work->storage->devices; i++) {
		const struct storage_device *volume = FIT_WORK_DEVICE(work, i);

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

static bool add_physical(struct fit_work *work, put_function *put,
			 struct design_node *group, size_t device)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);
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
	on = put(work, device);
	if (on == FIT_NONE || group->ons == DESIGN_ON)
		return false;
	node = &work->design->node[on];
	node->physical = true;
	work->need[on].weight += from->size;
	FIT_WORK_SET(node->physical_uuid, from->fs.uuid);
	group->on[group->ons++] = on;
	return true;
}

static size_t put_group(struct fit_work *work, put_function *put,
			const char *name)
{
	struct design_node group = {.kind = DESIGN_GROUP};
	size_t made;

	for (size_t i = 0; i < work->design->count; i++)
		if (work->design->node[i].kind == DESIGN_GROUP &&
		    !strcmp(work->design->node[i].name, name))
			return i;
	FIT_WORK_SET(group.name, name);
	FIT_WORK_SET(group.origin, name);
	for (size_t i = 0; i < work->storage->devices; i++)
		if (is_physical(work, i, name) &&
		    !add_physical(work, put, &group, i))
			return FIT_NONE;
	made = group.ons ? fit_work_add(work, DESIGN_GROUP, FIT_NONE)
			 : FIT_NONE;
	if (made != FIT_NONE)
		work->design->node[made] = group;
	return made;
}

size_t fit_group_put(struct fit_work *work, size_t device, put_function *put)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);
	struct design_node *node;
	size_t group;
	size_t made;

	if (!fit_work_is_name(from->group) || !fit_work_is_name(from->volume)) {
		fit_work_refuse(work, "%s is no volume that LVM shows",
				from->mapped);
		return FIT_NONE;
	}
	group = put_group(work, put, from->group);
	made = group == FIT_NONE ? FIT_NONE
				 : fit_work_add(work, DESIGN_VOLUME, device);
	if (made == FIT_NONE)
		return made;
	node = &work->design->node[made];
	node->on[node->ons++] = group;
	FIT_WORK_SET(node->name, from->volume);
	(void)snprintf(node->origin, sizeof(node->origin), "%.60s/%.60s",
		       from->group, from->volume);
	if (strcmp(from->target, "linear") != 0)
		fit_work_note(
			work, "the volume %s/%s (%s) becomes a linear one",
			from->group, from->volume,
			*from->target ? from->target : "of several kinds");
	return made;
}
