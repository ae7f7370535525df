/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What of the source is made again: mounted file systems, swap, and partitions
 * that firmware reads.  A file system that is not mounted can't be read as
 * files, and nothing is ever mounted there for that: it is left out, and told.
 */
#include "plan/fit_leaf.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "config/config_part.h"
#include "plan/fit_mount.h"
#include "plan/fit_need.h"
#include "plan/fit_stack.h"
#include "plan/fit_work.h"

#define BOOT_MOST  (2048 * FIT_MIB)
#define BOOT_LEAST (512 * FIT_MIB)

static const struct layout_part *entry_of(const struct fit_work *work,
					  size_t device)
{
	const struct storage_device *part = &work->storage->device[device];
	const struct layout *layout;

	if (part->kind != STORAGE_PART || !part->ons)
		return NULL;
	layout = &work->storage->device[part->on[0]].layout;
	for (size_t i = 0; i < layout->count; i++)
		if (layout->part[i].number == part->number)
			return &layout->part[i];
	return NULL;
}

static bool is_type(const struct fit_work *work, size_t device,
		    const char *guid, const char *mbr)
{
	const struct layout_part *entry = entry_of(work, device);

	return entry && entry->type &&
	       (!strcasecmp(entry->type, guid) || !strcmp(entry->type, mbr));
}

/* The mount that shows most of it, the file system's own root. */
static const struct storage_mount *mount_of(const struct fit_work *work,
					    size_t device)
{
	const struct storage_mount *best = NULL;

	for (size_t i = 0; i < work->storage->mounts; i++) {
		const struct storage_mount *mount = &work->storage->mount[i];

		if (mount->device != device)
			continue;
		if (!best || (strlen(mount->root) < strlen(best->root)))
			best = mount;
	}
	return best;
}

static bool is_below(const struct fit_work *work, size_t device)
{
	for (size_t i = 0; i < work->storage->devices; i++) {
		const struct storage_device *above = &work->storage->device[i];

		for (size_t k = 0; k < above->ons; k++)
			if (above->on[k] == device)
				return true;
	}
	return false;
}

static const struct storage_swap *swap_of(const struct fit_work *work,
					  size_t device)
{
	for (size_t i = 0; i < work->storage->swaps; i++)
		if (!work->storage->swap[i].is_file &&
		    work->storage->swap[i].device == device)
			return &work->storage->swap[i];
	return NULL;
}

static bool check_fs(struct fit_work *work, size_t device,
		     const struct storage_mount *mount)
{
	const struct storage_device *from = &work->storage->device[device];

	if (!superblock_is_made(mount->type) ||
	    strcmp(from->fs.fs, mount->type) != 0) {
		fit_work_refuse(work,
				"%s is %s, mounted at %s: no such file system "
				"is made here (ext2, ext3, ext4, xfs, btrfs, "
				"vfat are)",
				from->name, mount->type, mount->place);
		return false;
	}
	if (from->fs.devices > 1)
		fit_work_note(work,
			      "the btrfs at %s lies on %u devices and becomes "
			      "one on a single device",
			      mount->place, (unsigned int)from->fs.devices);
	return true;
}

/* Kernels to come need room, too, and firmware wants what it had. */
static void keep_for_firmware(struct fit_work *work, size_t node, size_t device,
			      const char *place)
{
	struct fit_need *need = &work->need[node];
	uint64_t keep = 0;

	if (is_type(work, device, FIT_GUID_ESP, "0xef")) {
		need->fixed = need->best <= BOOT_MOST;
		keep = need->fixed ? need->best : 0;
	} else if (!strcmp(place, "/boot")) {
		keep = need->best < BOOT_LEAST ? need->best : BOOT_LEAST;
	}
	if (need->least < keep)
		need->least = keep;
}

static void add_file_system(struct fit_work *work, size_t device,
			    const struct storage_mount *mount)
{
	const struct storage_device *from = &work->storage->device[device];
	struct fit_need_use use = {.size = from->size,
				   .used = mount->used,
				   .files = mount->files,
				   .known = mount->known};
	size_t node;

	if (!check_fs(work, device, mount))
		return;
	node = fit_stack_put(work, device);
	if (node == FIT_NONE)
		return;
	work->design->node[node].fs = from->fs;
	/* ext3 is mounted by what mounts ext4, and stays ext3. */
	work->design->node[node].files = mount->files;
	if (mount->known)
		work->fit->row[node].used = mount->used;
	fit_need_leaf(work, node, &use);
	keep_for_firmware(work, node, device, mount->place);
	fit_mount_collect(work, node, device);
}

static bool is_unwanted(const struct fit_work *work)
{
	const struct config_parts *wishes = work->order->wishes;

	for (size_t i = 0; wishes && i < wishes->count; i++)
		if (!strcmp(wishes->part[i].place, "swap") &&
		    wishes->part[i].has_size && !wishes->part[i].size)
			return true;
	return false;
}

/* Encrypted with a key that is made at each start: what crypttab then finds is
 * an empty partition of that size. */
static bool is_thrown_away(const struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];

	return from->kind == STORAGE_CRYPT && from->ons == 1 &&
	       strcmp(work->storage->device[from->on[0]].fs.fs,
		      "crypto_LUKS") != 0;
}

static void add_empty_swap(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	size_t node = fit_stack_put(work, from->on[0]);

	if (node == FIT_NONE)
		return;
	fit_need_leaf(work, node, &(struct fit_need_use){.size = from->size});
	fit_work_note(work,
		      "%s is swap with a key that is made at each start: its "
		      "partition is made, and left empty",
		      from->mapped);
}

static void add_swap(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	size_t node;

	if (is_unwanted(work)) {
		work->fit->no_swap = true;
		fit_work_note(work, "%s, swap, is left out, as the job says",
			      from->name);
		return;
	}
	if (is_thrown_away(work, device)) {
		add_empty_swap(work, device);
		return;
	}
	node = fit_stack_put(work, device);

	if (node == FIT_NONE)
		return;
	work->design->node[node].fs = from->fs;
	fit_need_leaf(work, node, &(struct fit_need_use){.size = from->size});
}

static bool has_bios(const struct fit_work *work, size_t disk)
{
	for (size_t i = 0; i < work->design->count; i++) {
		const struct design_node *node = &work->design->node[i];

		if (node->kind == DESIGN_PART && node->on[0] == disk &&
		    !strcasecmp(node->type, FIT_GUID_BIOS))
			return true;
	}
	return false;
}

/* Partitions whose bytes belong to a loader that is installed anew. */
static void add_bare(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	size_t source = fit_work_disk(work, device);
	size_t node;

	/* One for a disk, also where two become one. */
	if (is_type(work, device, FIT_GUID_BIOS, "-") &&
	    has_bios(work, work->order->onto[source]))
		return;
	node = fit_stack_put(work, device);

	if (node == FIT_NONE)
		return;
	work->need[node].least = work->need[node].best = from->size;
	work->need[node].leaf = work->need[node].fixed = true;
}

/* An ESP that nobody mounts: its loaders are put there anew. */
static void add_empty(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	size_t node = fit_stack_put(work, device);

	if (node == FIT_NONE)
		return;
	work->design->node[node].fs = from->fs;
	fit_need_leaf(work, node, &(struct fit_need_use){.size = from->size});
	work->need[node].fixed = from->size <= BOOT_MOST;
	fit_work_note(work,
		      "%s, an EFI System Partition, is not mounted there: it "
		      "is made empty",
		      from->name);
}

static void leave_out(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	char size[32];

	work->fit->left++;
	(void)parse_format_size(from->size, size, sizeof(size));
	if (superblock_is_made(from->fs.fs))
		fit_work_note(work,
			      "%s (%s%s%s, %s) is not mounted there, so its "
			      "files can't be read: it is left out",
			      from->kind == STORAGE_LVM ? from->mapped
							: from->name,
			      from->fs.fs, *from->fs.label ? " " : "",
			      from->fs.label, size);
	else
		fit_work_note(work,
			      "%s (%s) holds nothing that is known: it "
			      "is left out",
			      from->kind == STORAGE_LVM ? from->mapped
							: from->name,
			      size);
}

static bool is_extended(const struct fit_work *work, size_t device)
{
	const struct layout_part *entry = entry_of(work, device);

	return entry && entry->type &&
	       (!strcmp(entry->type, "0x05") || !strcmp(entry->type, "0x0f") ||
		!strcmp(entry->type, "0x85"));
}

static void look(struct fit_work *work, size_t device)
{
	const struct storage_device *from = &work->storage->device[device];
	const struct storage_mount *mount = mount_of(work, device);

	if (fit_work_disk(work, device) == FIT_NONE)
		return;
	if (mount) {
		add_file_system(work, device, mount);
		return;
	}
	if (is_below(work, device) || is_extended(work, device))
		return;
	if (swap_of(work, device) || !strcmp(from->fs.fs, "swap"))
		add_swap(work, device);
	else if (is_type(work, device, FIT_GUID_BIOS, "-") ||
		 is_type(work, device, FIT_GUID_PREP, "0x41"))
		add_bare(work, device);
	else if (is_type(work, device, FIT_GUID_ESP, "0xef") &&
		 !strcmp(from->fs.fs, "vfat"))
		add_empty(work, device);
	else if (from->kind != STORAGE_DISK || *from->fs.fs)
		leave_out(work, device);
}

void fit_leaf_collect(struct fit_work *work)
{
	for (size_t i = 0; i < work->storage->devices; i++)
		look(work, i);
	for (size_t i = 0; i < work->storage->swaps; i++)
		if (work->storage->swap[i].is_file)
			fit_work_note(
				work,
				"the swap file %s is made again as it was; "
				"what is swapped into it is not copied",
				work->storage->swap[i].file);
	if (work->root == FIT_NONE && !work->refused)
		fit_work_refuse(work,
				"none of the file systems on these disks is "
				"mounted at /");
}
