/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the operator wants otherwise.  A size that what is there does not fit
 * into is refused, never rounded up; a new place is made beside the root, of
 * the kind that the root is.
 */
#include "plan/fit_wish.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "config/config_part.h"
#include "plan/fit_mount.h"
#include "plan/fit_need.h"
#include "plan/fit_stack.h"
#include "plan/fit_work.h"

/* The node of a place, or the first swap. */
static size_t find_place(const struct fit_work *work, const char *place)
{
	for (size_t i = 0; i < work->design->mounts; i++)
		if (!strcmp(work->design->mount[i].place, place))
			return work->design->mount[i].node;
	for (size_t i = 0; i < work->design->count; i++)
		if (!strcmp(place, "swap") &&
		    !strcmp(work->design->node[i].fs.fs, "swap"))
			return i;
	return FIT_NONE;
}

/* Of each kind what every kernel reads that boots here: ext4 as of 2.6.28 and
 * XFS 5 as of 3.15, with no feature that came later. */
static const struct superblock kinds[] = {
	{.fs = "ext2",
	 .block = 4096,
	 .group = 4096,
	 .inode = 256,
	 .compat = 0x38,
	 .incompat = 0x2,
	 .ro_compat = 0x3,
	 .errors = 1,
	 .options = 0xc,
	 .reserved = 50},
	{.fs = "ext3",
	 .block = 4096,
	 .group = 4096,
	 .inode = 256,
	 .compat = 0x3c,
	 .incompat = 0x2,
	 .ro_compat = 0x3,
	 .errors = 1,
	 .options = 0xc,
	 .reserved = 50},
	{.fs = "ext4",
	 .block = 4096,
	 .group = 4096,
	 .inode = 256,
	 .compat = 0x3c,
	 .incompat = 0x242,
	 .ro_compat = 0x7b,
	 .errors = 1,
	 .options = 0xc,
	 .reserved = 50},
	{.fs = "xfs",
	 .block = 4096,
	 .group = 4096,
	 .inode = 512,
	 .version = 5,
	 .incompat = 0x1,
	 .ro_compat = 0x1},
	{.fs = "btrfs",
	 .block = 4096,
	 .group = 16384,
	 .incompat = 0x161,
	 .devices = 1},
	{.fs = "vfat", .block = 512, .version = 32},
	{.fs = "swap"},
};

static const struct superblock *kind_of(const char *fs)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].fs, fs))
			return &kinds[i];
	return NULL;
}

/* Another kind with the old identity: fstab finds it by that. */
static void change_kind(struct fit_work *work, size_t node,
			const struct config_part *wish)
{
	struct superblock *fs = &work->design->node[node].fs;
	struct superblock old = *fs;
	const struct superblock *kind = kind_of(wish->fs);

	if (!kind || !strcmp(old.fs, wish->fs))
		return;
	if (!strcmp(old.fs, "vfat") || !strcmp(wish->fs, "vfat") ||
	    !strcmp(old.fs, "swap") || !strcmp(wish->fs, "swap") ||
	    !strcmp(old.fs, "btrfs") || !strcmp(wish->fs, "btrfs")) {
		fit_work_wrong(work,
			       "%s: part %s: what is %s there does not become "
			       "%s; ext2, ext3, ext4 and xfs become each other",
			       wish->origin, wish->place, old.fs, wish->fs);
		return;
	}
	*fs = *kind;
	(void)snprintf(fs->uuid, sizeof(fs->uuid), "%s", old.uuid);
	(void)snprintf(fs->label, sizeof(fs->label), "%.12s", old.label);
	fit_work_note(work, "%s was %s and becomes %s", wish->place, old.fs,
		      fs->fs);
}

/* The partition or volume whose size is meant. */
static size_t sized(const struct fit_work *work, size_t node)
{
	while (work->design->node[node].kind != DESIGN_PART &&
	       work->design->node[node].kind != DESIGN_VOLUME &&
	       work->design->node[node].ons)
		node = work->design->node[node].on[0];
	return node;
}

static void set_size(struct fit_work *work, size_t node,
		     const struct config_part *wish)
{
	struct fit_need *need = &work->need[node];
	char needs[32];
	char least[32];

	if (wish->grow) {
		need->grow = true;
		need->fixed = false;
		work->need[sized(work, node)].grow = true;
	}
	if (!wish->has_size)
		return;
	(void)parse_format_size(need->least, needs, sizeof(needs));
	if (!strcmp(wish->place, "swap"))
		need->least = superblock_least(&work->design->node[node].fs);
	if (wish->size < superblock_least(&work->design->node[node].fs)) {
		(void)parse_format_size(
			superblock_least(&work->design->node[node].fs), least,
			sizeof(least));
		fit_work_wrong(work,
			       "%s: part %s: %s is not made smaller than %s",
			       wish->origin, wish->place,
			       work->design->node[node].fs.fs, least);
	} else if (wish->size < need->least) {
		fit_work_wrong(work,
			       "%s: part %s: what is in it needs %s (%llu MiB)",
			       wish->origin, wish->place, needs,
			       (unsigned long long)(need->least >> 20));
	} else {
		need->least = need->best = wish->size;
		need->fixed = !wish->grow;
		work->need[sized(work, node)].fixed = !wish->grow;
	}
}

/* What is beside the root, of the same kind; FIT_NONE: nothing can be. */
static size_t make_beside(struct fit_work *work)
{
	const struct design_node *root = &work->design->node[work->root];
	size_t group;
	size_t node;

	if (root->kind == DESIGN_PART)
		return fit_stack_part(work, root->on[0], "");
	if (root->kind != DESIGN_VOLUME)
		return FIT_NONE;
	group = root->on[0];
	node = fit_work_add(work, DESIGN_VOLUME, FIT_NONE);
	if (node == FIT_NONE)
		return node;
	work->design->node[node].on[0] = group;
	work->design->node[node].ons = 1;
	return node;
}

/* "/var/lib" is the volume var_lib. */
static void name_volume(struct design_node *node, const char *place)
{
	size_t n = 0;

	if (node->kind != DESIGN_VOLUME)
		return;
	for (const char *at = place + (*place == '/'); *at && n < 60; at++) {
		bool good = (*at >= 'a' && *at <= 'z') ||
			    (*at >= 'A' && *at <= 'Z') ||
			    (*at >= '0' && *at <= '9');

		node->name[n++] = good ? *at : '_';
	}
	node->name[n] = '\0';
}

static void add_place(struct fit_work *work, const struct config_part *wish)
{
	const struct superblock like_root = work->design->node[work->root].fs;
	bool swap = !strcmp(wish->place, "swap");
	const struct superblock *kind = swap	   ? kind_of("swap")
					: wish->fs ? kind_of(wish->fs)
						   : &like_root;
	struct design_node *node;
	char seed[300];
	size_t made;

	if (!wish->has_size) {
		fit_work_wrong(work,
			       "%s: part %s: nothing of its own is mounted "
			       "there on the source: give its size=",
			       wish->origin, wish->place);
		return;
	}
	made = kind ? make_beside(work) : FIT_NONE;
	if (made == FIT_NONE) {
		fit_work_wrong(work,
			       "%s: part %s: the root lies in an array or a "
			       "container of its own, beside which nothing can "
			       "be made",
			       wish->origin, wish->place);
		return;
	}
	node = &work->design->node[made];
	node->fs = *kind;
	node->fs.label[0] = '\0';
	(void)snprintf(seed, sizeof(seed), "fs %s", wish->place);
	fit_work_uuid(work, seed, node->fs.uuid);
	name_volume(node, wish->place);
	fit_need_leaf(work, made, &(struct fit_need_use){.size = wish->size});
	work->need[made].least = superblock_least(&node->fs);
	set_size(work, made, wish);
	if (!swap)
		fit_mount_add(work, made, wish->place);
	fit_work_note(work, "%s is new%s", wish->place,
		      swap ? "" : "; what the source has there goes into it");
}

void fit_wish_apply(struct fit_work *work)
{
	const struct config_parts *wishes = work->order->wishes;

	for (size_t i = 0; wishes && i < wishes->count; i++) {
		const struct config_part *wish = &wishes->part[i];
		size_t node = find_place(work, wish->place);

		if (node == FIT_NONE && wish->has_size && !wish->size)
			continue;
		if (node == FIT_NONE) {
			if (work->root != FIT_NONE)
				add_place(work, wish);
			continue;
		}
		if (wish->fs)
			change_kind(work, node, wish);
		set_size(work, node, wish);
	}
}
