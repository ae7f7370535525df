/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A design becomes partitions, arrays, containers, volumes and file systems.
 * Each thing is made on what was made before it, by the room that knows its
 * tool.  It decides no size and no place, and it touches no device that the
 * design does not name.
 */
#include "disk/build.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/array.h"
#include "disk/design.h"
#include "disk/format.h"
#include "disk/layout.h"
#include "disk/luks.h"
#include "disk/lvm.h"
#include "disk/lvm_make.h"
#include "disk/rootfs.h"
#include "disk/settle.h"
#include "disk/table_write.h"

#define MAPPER	 "/dev/mapper/"
#define PATIENCE 10.0 /* seconds */

struct build {
	struct design *design;
	const struct build_order *order;
	bool make; /* else only opened */
};

static void set_device(struct design_node *node, const char *path)
{
	(void)snprintf(node->device, sizeof(node->device), "%s", path);
}

/* The devices that a thing stands on, for free(); the texts stay the list's. */
static char **below(const struct build *build, const struct design_node *node)
{
	char **list = calloc(node->ons + 1, sizeof(*list));

	for (size_t i = 0; list && i < node->ons; i++)
		list[i] = build->design->node[node->on[i]].device;
	return list;
}

static int do_disk(const struct build *build, size_t which, struct error **err)
{
	return build->make ? table_write(build->design, which, err)
			   : table_write_tell(build->design, which, err);
}

static int do_part(const struct build *build, size_t which, struct error **err)
{
	struct design_node *part = &build->design->node[which];
	char *path = layout_part_path(build->design->node[part->on[0]].device,
				      part->number);

	if (!path)
		return error_memory(err);
	set_device(part, path);
	free(path);
	return 0;
}

static int do_array(const struct build *build, size_t which, struct error **err)
{
	struct design_node *node = &build->design->node[which];
	const struct array_make make = {.level = node->level,
					.metadata = node->metadata,
					.uuid = node->uuid,
					.name = node->name};
	char **members = below(build, node);
	char *device = NULL;
	int r;

	if (!members)
		return error_memory(err);
	r = build->make ? array_create(members, &make, &device, err)
			: array_start(members, false, &device, err);
	free(members);
	if (r < 0)
		return r;
	set_device(node, device);
	free(device);
	return 0;
}

static int do_container(const struct build *build, size_t which,
			struct error **err)
{
	struct design_node *node = &build->design->node[which];
	const char *device = build->design->node[node->on[0]].device;
	const struct luks_make make = {.uuid = node->uuid,
				       .version = node->version,
				       .for_loader = node->for_loader};
	char path[sizeof(node->device)];
	int r = 0;

	if (!build->order->key)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is to be encrypted and no key is given",
				 device);
	if (build->make)
		r = luks_format(device, &make, build->order->key, err);
	if (r == 0)
		r = luks_open(device, node->name, build->order->key, false,
			      err);
	(void)snprintf(path, sizeof(path), MAPPER "%s", node->name);
	if (r == 0)
		set_device(node, path);
	return r;
}

static int do_group(const struct build *build, size_t which, struct error **err)
{
	struct design_node *node = &build->design->node[which];
	char **parts = below(build, node);
	int r = 0;

	if (!parts)
		return error_memory(err);
	if (build->make) {
		r = lvm_make_group(parts, node->name, err);
	} else {
		settle();
		r = lvm_activate(parts, node->name, false, err);
	}
	free(parts);
	if (r == 0)
		set_device(node, node->name);
	return r;
}

static int do_volume(const struct build *build, size_t which,
		     struct error **err)
{
	struct design_node *node = &build->design->node[which];
	const struct design_node *group = &build->design->node[node->on[0]];
	const struct lvm_make_volume make = {.group = group->name,
					     .name = node->name,
					     .extents = node->size /
							LVM_MAKE_EXTENT};
	char path[sizeof(node->device)];
	char **parts = below(build, group);
	int r;

	if (!parts)
		return error_memory(err);
	r = build->make ? lvm_make_volume(parts, &make, err) : 0;
	free(parts);
	design_mapped(group->name, node->name, path, sizeof(path));
	if (r == 0)
		set_device(node, path);
	return r;
}

static int do_content(const struct build *build, size_t which,
		      struct error **err)
{
	struct design_node *node = &build->design->node[which];
	const struct format format = {.device = node->device,
				      .like = &node->fs,
				      .size = node->size,
				      .files = node->files,
				      .stop = build->order->stop};
	int r = 0;

	if (!build->make)
		return 0;
	if (node->kind != DESIGN_DISK && node->kind != DESIGN_GROUP)
		settle();
	if (node->physical)
		r = lvm_make_part(node->device, node->physical_uuid, err);
	else if (*node->fs.fs)
		r = format_make(&format, err);
	return r;
}

static int do_node(const struct build *build, size_t which, struct error **err)
{
	static int (*const rows[])(const struct build *build, size_t which,
				   struct error **err) = {
		[DESIGN_DISK] = do_disk,   [DESIGN_PART] = do_part,
		[DESIGN_ARRAY] = do_array, [DESIGN_CONTAINER] = do_container,
		[DESIGN_GROUP] = do_group, [DESIGN_VOLUME] = do_volume,
	};
	int r;

	if (build->order->stop && atomic_load(build->order->stop))
		return error_set(err, ERROR_ABORTED, 0, "stopped by order");
	r = rows[build->design->node[which].kind](build, which, err);
	return r < 0 ? r : do_content(build, which, err);
}

static int run(const struct build *build, struct error **err)
{
	int r = 0;

	for (size_t i = 0; i < build->design->count; i++)
		if (build->design->node[i].kind != DESIGN_DISK)
			build->design->node[i].device[0] = '\0';
	for (size_t i = 0; r == 0 && i < build->design->count; i++)
		r = do_node(build, i, err);
	settle();
	if (r < 0)
		(void)build_close(build->design, NULL);
	return r;
}

int build_make(struct design *design, const struct build_order *order,
	       struct error **err)
{
	const struct build build = {design, order, true};

	return run(&build, err);
}

int build_open(struct design *design, const struct build_order *order,
	       struct error **err)
{
	const struct build build = {design, order, false};

	return run(&build, err);
}

static int close_node(const struct build *build, struct design_node *node,
		      struct error **err)
{
	char **parts;
	int r;

	settle();
	switch (node->kind) {
	case DESIGN_ARRAY:
		return array_stop(node->device, io_seconds() + PATIENCE, err);
	case DESIGN_CONTAINER:
		return luks_close(node->name, err);
	case DESIGN_GROUP:
		parts = below(build, node);
		if (!parts)
			return error_memory(err);
		r = lvm_deactivate(parts, node->name, err);
		free(parts);
		return r;
	case DESIGN_DISK:
	case DESIGN_PART:
	case DESIGN_VOLUME:
		break;
	}
	return 0;
}

int build_close(struct design *design, struct error **err)
{
	const struct build build = {.design = design};
	int r = 0;

	for (size_t i = design->count; i-- > 0;) {
		struct design_node *node = &design->node[i];
		int closed;

		if (node->kind == DESIGN_DISK || !*node->device)
			continue;
		closed = close_node(&build, node, r < 0 ? NULL : err);
		if (closed < 0 && r == 0)
			r = closed;
		if (closed == 0 && node->kind != DESIGN_PART)
			node->device[0] = '\0';
	}
	return r;
}

static char *copy(const char *text)
{
	return *text ? strdup(text) : NULL;
}

int build_tree(const struct design *design, struct rootfs *ret,
	       struct error **err)
{
	struct rootfs tree = {0};

	tree.part = calloc(design->mounts + 1, sizeof(*tree.part));
	if (!tree.part)
		return error_memory(err);
	for (size_t i = 0; i < design->mounts; i++) {
		const struct design_mount *from = &design->mount[i];
		const struct design_node *node = &design->node[from->node];
		struct rootfs_part *part = &tree.part[tree.count++];

		part->place = strdup(from->place);
		part->fs = strdup(node->fs.fs);
		part->device = strdup(node->device);
		part->uuid = copy(node->fs.uuid);
		part->subvolume = copy(from->subvolume);
		part->options = strdup(from->options);
		part->source_place = copy(from->source_place);
		part->source_device = copy(from->source_device);
		part->read_only = from->read_only;
		part->standard = from->standard;
		part->used = from->used;
		part->size = node->size;
		if (!part->place || !part->fs || !part->device ||
		    !part->options) {
			rootfs_done(&tree);
			return error_memory(err);
		}
	}
	*ret = tree;
	return 0;
}
