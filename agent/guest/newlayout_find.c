/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which thing of a new layout a name of the old machine means.  It knows both
 * for certain, from what the source told and what was made: nothing is taken
 * from the order of disks, and what was not told stays foreign.
 */
#include "guest/newlayout_find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/design.h"
#include "disk/volume.h"
#include "guest/devicename_old.h"
#include "guest/fstab.h"
#include "guest/newlayout.h"

#define ALIASES 24
#define TEXT	(DESIGN_NAME + 40)

/* A node as fstab_names() and devicename_write() want it. */
struct shown {
	struct volume volume;
	char device[2 * TEXT];
	char partuuid[48];
	char own[4][TEXT];
	char *alias[ALIASES + 1];
	size_t aliases;
};

static char *borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void add_alias(struct shown *shown, char *text)
{
	if (shown->aliases < ALIASES)
		shown->alias[shown->aliases++] = text;
}

static const struct design_node *node_of(const struct newlayout *layout,
					 size_t node)
{
	return &layout->design->node[node];
}

size_t newlayout_find_container(const struct newlayout *layout, size_t node)
{
	const struct design *design = layout->design;

	if (design->node[node].kind == DESIGN_CONTAINER)
		return node;
	for (size_t i = 0; i < design->count; i++)
		if (design->node[i].kind == DESIGN_CONTAINER &&
		    design->node[i].on[0] == node)
			return i;
	return NEWLAYOUT_GONE;
}

/* A partition's own name: of a GPT its GUID, of an MBR what the kernel makes of
 * the disk's signature and the number. */
static void show_part(const struct newlayout *layout, size_t which,
		      struct shown *shown)
{
	const struct design_node *node = node_of(layout, which);
	const struct design_node *disk = node_of(layout, node->on[0]);

	shown->volume.kind = VOLUME_PLAIN;
	if (!strcmp(disk->table, "dos") && !strncmp(disk->uuid, "0x", 2))
		(void)snprintf(shown->partuuid, sizeof(shown->partuuid),
			       "%.8s-%02x", disk->uuid + 2, node->number);
	else if (strlen(node->uuid) == 36)
		(void)snprintf(shown->partuuid, sizeof(shown->partuuid),
			       "%.36s", node->uuid);
	if (!*node->name || !strcmp(disk->table, "dos"))
		return;
	(void)snprintf(shown->own[0], TEXT, "PARTLABEL=%s", node->name);
	(void)snprintf(shown->own[1], TEXT, "/dev/disk/by-partlabel/%s",
		       node->name);
	add_alias(shown, shown->own[0]);
	add_alias(shown, shown->own[1]);
}

static void show_mapped(struct shown *shown, const char *name)
{
	(void)snprintf(shown->own[0], TEXT, "/dev/mapper/%.120s", name);
	(void)snprintf(shown->own[1], TEXT, "/dev/disk/by-id/dm-name-%.120s",
		       name);
	add_alias(shown, shown->own[0]);
	add_alias(shown, shown->own[1]);
}

/* mdadm.conf and the superblock are as they were, so are its names. */
static void show_array(const struct newlayout *layout, size_t which,
		       struct shown *shown)
{
	shown->volume.kind = VOLUME_ARRAY;
	for (size_t i = 0; i < layout->count; i++) {
		const struct newlayout_old *old = &layout->old[i];

		if (old->node != which || !*old->array)
			continue;
		for (size_t k = 0; old->name[k]; k++)
			add_alias(shown, old->name[k]);
	}
}

static void show(const struct newlayout *layout, size_t which,
		 struct shown *shown)
{
	const struct design_node *node = node_of(layout, which);
	size_t inner = newlayout_find_container(layout, which);

	*shown = (struct shown){0};
	shown->volume.kind = VOLUME_LUKS;
	switch (node->kind) {
	case DESIGN_PART:
		show_part(layout, which, shown);
		break;
	case DESIGN_ARRAY:
		show_array(layout, which, shown);
		break;
	case DESIGN_CONTAINER:
		show_mapped(shown, node->name);
		break;
	case DESIGN_VOLUME:
		design_mapped(node_of(layout, node->on[0])->name, node->name,
			      shown->device, sizeof(shown->device));
		show_mapped(shown, shown->device + strlen("/dev/mapper/"));
		shown->volume.kind = VOLUME_LOGICAL;
		break;
	case DESIGN_DISK:
	case DESIGN_GROUP:
		break;
	}
	shown->volume.device = shown->device;
	shown->volume.partuuid = shown->partuuid;
	shown->volume.alias = shown->alias;
	shown->volume.fs = borrow(node->fs.fs);
	shown->volume.uuid = borrow(node->fs.uuid);
	shown->volume.label = borrow(node->fs.label);
	if (inner != NEWLAYOUT_GONE && inner != which) {
		shown->volume.uuid = borrow(node_of(layout, inner)->uuid);
		shown->volume.label = NULL;
	}
}

static bool node_means(const struct newlayout *layout, size_t which,
		       const char *name)
{
	struct shown shown;

	show(layout, which, &shown);
	return fstab_names(name, &shown.volume);
}

static bool is_label(const char *name, const char *prefix, const char *label)
{
	size_t length = strlen(prefix);

	return *label && !strncmp(name, prefix, length) &&
	       !strcmp(name + length, label);
}

static bool old_means(const struct newlayout_old *old, const char *name)
{
	const struct volume volume = {.kind = VOLUME_ARRAY,
				      .device = borrow(""),
				      .uuid = old->uuid,
				      .label = old->label,
				      .partuuid = old->partuuid,
				      .alias = old->name};

	return fstab_names(name, &volume) ||
	       is_label(name, "PARTLABEL=", old->partlabel) ||
	       is_label(name, "/dev/disk/by-partlabel/", old->partlabel);
}

static bool same_place(const char *a, const char *b)
{
	size_t m = strlen(a);
	size_t n = strlen(b);

	while (m > 1 && a[m - 1] == '/')
		m--;
	while (n > 1 && b[n - 1] == '/')
		n--;
	return m == n && !strncmp(a, b, m);
}

size_t newlayout_find_place(const struct newlayout *layout, const char *place)
{
	for (size_t i = 0; i < layout->design->mounts; i++)
		if (same_place(layout->design->mount[i].place, place))
			return i;
	return NEWLAYOUT_GONE;
}

/* A member of a mirror may show the same UUID as the mirror: what is still
 * there is meant. */
static const struct newlayout_old *find_old(const struct newlayout *layout,
					    const char *name)
{
	const struct newlayout_old *best = NULL;

	for (size_t i = 0; i < layout->count; i++) {
		const struct newlayout_old *old = &layout->old[i];

		if (old_means(old, name) &&
		    (!best || (best->node == NEWLAYOUT_GONE &&
			       old->node != NEWLAYOUT_GONE)))
			best = old;
	}
	return best;
}

/* What is new, and named so by an earlier time here. */
static size_t find_node(const struct newlayout *layout, const char *name)
{
	for (size_t i = 0; i < layout->design->count; i++)
		if (node_means(layout, i, name))
			return i;
	return NEWLAYOUT_GONE;
}

struct newlayout_found newlayout_find(const struct newlayout *layout,
				      const char *name, const char *place)
{
	struct newlayout_found found = {.node = NEWLAYOUT_GONE};
	enum devicename_old_kind kind = devicename_old_kind(name);
	size_t mount =
		place ? newlayout_find_place(layout, place) : NEWLAYOUT_GONE;

	if (kind == DEVICENAME_OLD_NONE || kind == DEVICENAME_OLD_DRIVE)
		return found;
	found.old = find_old(layout, name);
	if (mount != NEWLAYOUT_GONE)
		found.node = layout->design->mount[mount].node;
	else if (found.old)
		found.node = found.old->node;
	else
		found.node = find_node(layout, name);
	if (found.node != NEWLAYOUT_GONE)
		found.fate = node_means(layout, found.node, name)
				     ? NEWLAYOUT_SAME
				     : NEWLAYOUT_MOVED;
	else if (found.old)
		found.fate = NEWLAYOUT_LOST;
	if (found.fate == NEWLAYOUT_LOST)
		found.why = found.old->why;
	return found;
}

char *newlayout_find_name(const struct newlayout *layout, size_t node,
			  enum devicename_form form)
{
	const size_t count = layout->design->count;
	struct shown *shown = calloc(count + 1, sizeof(*shown));
	struct volume *all = calloc(count + 1, sizeof(*all));
	const struct volumes volumes = {.volume = all, .count = count};
	char *name = NULL;

	for (size_t i = 0; shown && all && i < count; i++) {
		show(layout, i, &shown[i]);
		all[i] = shown[i].volume;
	}
	if (shown && all)
		name = devicename_write(&volumes, &all[node], form);
	/* The same UUID twice: a copy of a volume, as LVM's snapshots make. */
	if (shown && all && !name && all[node].kind == VOLUME_LOGICAL &&
	    form != DEVICENAME_PARTUUID)
		name = strdup(all[node].device);
	free(shown);
	free(all);
	return name;
}
