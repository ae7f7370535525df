/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How large everything becomes.  From the top down to the disks: what each
 * thing needs at least, and how large it was.  From the disks up again: all as
 * large as it was, when there is room, and the rest to what grows; else each
 * gets what it needs, and of what is left the part that it had of the old.
 */
#include "plan/fit_size.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "disk/lvm_make.h"
#include "plan/fit_work.h"

#define TABLE FIT_MIB /* before the first partition, and behind the last */

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

/* --- up: what carriers need ---------------------------------------------- */

/* Of so many members one holds this part of what is in the array. */
static uint64_t member_share(const struct design_node *array, uint64_t inside)
{
	uint64_t n = array->ons;
	uint64_t each = inside;

	if (!strcmp(array->level, "raid0") || !strcmp(array->level, "linear"))
		each = inside / n;
	else if (n > 1 && (!strcmp(array->level, "raid4") ||
			   !strcmp(array->level, "raid5")))
		each = inside / (n - 1);
	else if (n > 2 && !strcmp(array->level, "raid6"))
		each = inside / (n - 2);
	else if (!strcmp(array->level, "raid10"))
		each = inside / n * 2;
	return round_up(each, FIT_MIB);
}

static uint64_t array_size(const struct design_node *array, uint64_t member)
{
	uint64_t n = array->ons;

	if (!strcmp(array->level, "raid0") || !strcmp(array->level, "linear"))
		return member * n;
	if (!strcmp(array->level, "raid4") || !strcmp(array->level, "raid5"))
		return member * (n - 1);
	if (!strcmp(array->level, "raid6"))
		return n > 2 ? member * (n - 2) : member;
	return !strcmp(array->level, "raid10") ? member * n / 2 : member;
}

/* What mdadm keeps for a superblock, a bitmap, and a reshape. */
static uint64_t array_head(uint64_t member)
{
	uint64_t head = round_up(member / 1000, FIT_MIB) + 2 * FIT_MIB;

	return head < 132 * FIT_MIB ? head : 132 * FIT_MIB;
}

static uint64_t container_head(const struct design_node *container)
{
	return (container->version == 1 ? 4 : 16) * FIT_MIB;
}

/* In front of the extents; LVM leaves more on stripes, to begin on one. */
static uint64_t group_head(const struct fit_work *work, size_t on)
{
	const struct design_node *node = &work->design->node[on];

	while (node->kind != DESIGN_ARRAY && node->ons)
		node = &work->design->node[node->on[0]];
	return LVM_MAKE_HEAD +
	       (node->kind == DESIGN_ARRAY && strcmp(node->level, "raid1") != 0
			? LVM_MAKE_EXTENT
			: 0);
}

static uint64_t carried(const struct fit_work *work,
			const struct design_node *node, size_t on,
			uint64_t inside)
{
	uint64_t weights = 0;

	switch (node->kind) {
	case DESIGN_ARRAY:
		inside = member_share(node, inside);
		return inside + array_head(inside + array_head(inside));
	case DESIGN_CONTAINER:
		return inside + container_head(node);
	case DESIGN_GROUP:
		for (size_t i = 0; i < node->ons; i++)
			weights += work->need[node->on[i]].weight >> 20;
		inside = weights ? (uint64_t)((double)inside *
					      (double)(work->need[on].weight >>
						       20) /
					      (double)weights)
				 : inside;
		/* Shares of several are rounded, and may not sum up. */
		return round_up(inside, LVM_MAKE_EXTENT) +
		       group_head(work, on) +
		       (node->ons > 1 ? LVM_MAKE_EXTENT : 0);
	case DESIGN_VOLUME:
		return round_up(inside, LVM_MAKE_EXTENT);
	case DESIGN_DISK:
	case DESIGN_PART:
		break;
	}
	return round_up(inside, FIT_MIB);
}

static void sum_up(struct fit_work *work)
{
	for (size_t i = work->design->count; i-- > 0;) {
		const struct design_node *node = &work->design->node[i];
		const struct fit_need *need = &work->need[i];

		for (size_t k = 0; k < node->ons; k++) {
			struct fit_need *on = &work->need[node->on[k]];
			uint64_t least =
				carried(work, node, node->on[k], need->least);
			uint64_t best =
				carried(work, node, node->on[k], need->best);

			/* Partitions and volumes lie side by side. */
			if (node->kind == DESIGN_PART ||
			    node->kind == DESIGN_VOLUME) {
				on->least += least;
				on->best += best;
			} else {
				on->least = least;
				on->best = best;
			}
			on->grow = on->grow || need->grow;
		}
	}
}

/* Where it has been as large, it need not be larger: the rest of a group or of
 * a container was free there.  What is in it may have a size by wish. */
static void cap_carriers(struct fit_work *work)
{
	for (size_t i = 0; i < work->design->count; i++) {
		struct fit_need *need = &work->need[i];
		uint64_t before = work->fit->row[i].before;

		if (work->design->node[i].kind == DESIGN_PART && !need->leaf &&
		    !need->fixed && round_up(before, FIT_MIB) > need->best)
			need->best = round_up(before, FIT_MIB);
	}
}

/* --- down: what they get ------------------------------------------------- */

struct share {
	size_t on; /* whose parts are to be sized */
	uint64_t room;
	uint64_t unit;
};

static bool is_part_of(const struct fit_work *work, size_t node, size_t on)
{
	const struct design_node *at = &work->design->node[node];

	return (at->kind == DESIGN_PART || at->kind == DESIGN_VOLUME) &&
	       at->on[0] == on;
}

/* "/srv", or what it is called there. */
static const char *name_of(const struct fit_work *work, size_t node)
{
	for (size_t i = 0; i < work->design->mounts; i++)
		if (work->design->mount[i].node == node)
			return work->design->mount[i].place;
	return *work->design->node[node].origin
		       ? work->design->node[node].origin
		       : work->design->node[node].name;
}

static void tell_missing(struct fit_work *work, const struct share *share,
			 uint64_t least)
{
	const struct design_node *on = &work->design->node[share->on];
	uint64_t missing = least - share->room;
	size_t biggest = FIT_NONE;
	char lacks[32];
	char has[32];
	char big[32];

	for (size_t i = 0; i < work->design->count; i++)
		if (work->need[i].leaf &&
		    fit_work_target(work, i) ==
			    fit_work_target(work, share->on) &&
		    (biggest == FIT_NONE ||
		     work->need[i].least > work->need[biggest].least))
			biggest = i;
	if (work->fit->missing < missing)
		work->fit->missing = missing;
	(void)parse_format_size(missing, lacks, sizeof(lacks));
	(void)parse_format_size(share->room, has, sizeof(has));
	(void)parse_format_size(biggest == FIT_NONE ? 0
						    : work->need[biggest].least,
				big, sizeof(big));
	fit_work_refuse(
		work,
		"%s is too small: it has room for %s, and %s more "
		"(%llu bytes) is needed for what is used; the largest "
		"is %s, which needs %s",
		*on->origin ? on->origin : on->name, has, lacks,
		(unsigned long long)missing,
		biggest == FIT_NONE ? "nothing" : name_of(work, biggest), big);
}

/* As large as it was, and the rest to those that grow. */
static void give_best(struct fit_work *work, const struct share *share,
		      uint64_t left)
{
	uint64_t growers = 0;

	for (size_t i = 0; i < work->design->count; i++)
		if (is_part_of(work, i, share->on)) {
			work->design->node[i].size = work->need[i].best;
			growers += work->need[i].grow;
		}
	for (size_t i = 0; growers && i < work->design->count; i++)
		if (is_part_of(work, i, share->on) && work->need[i].grow) {
			uint64_t more =
				left / growers / share->unit * share->unit;

			work->design->node[i].size += more;
			work->fit->row[i].grown = more;
			left -= more;
			growers--;
		}
}

static void give_some(struct fit_work *work, const struct share *share,
		      uint64_t least, uint64_t best)
{
	double part = (double)(share->room - least) / (double)(best - least);

	for (size_t i = 0; i < work->design->count; i++) {
		const struct fit_need *need = &work->need[i];
		uint64_t more;

		if (!is_part_of(work, i, share->on))
			continue;
		more = (uint64_t)((double)(need->best - need->least) * part);
		work->design->node[i].size =
			need->least + more / share->unit * share->unit;
	}
}

static void divide(struct fit_work *work, const struct share *share)
{
	uint64_t least = 0;
	uint64_t best = 0;

	for (size_t i = 0; i < work->design->count; i++)
		if (is_part_of(work, i, share->on)) {
			least += work->need[i].least;
			best += work->need[i].best;
		}
	if (best <= share->room)
		give_best(work, share, share->room - best);
	else if (least <= share->room)
		give_some(work, share, least, best);
	else if (share->room)
		tell_missing(work, share, least);
}

static uint64_t less(uint64_t size, uint64_t by)
{
	return size > by ? size - by : 0;
}

/* What tables take: one MiB at each end, one before each logical partition. */
static uint64_t table_room(const struct fit_work *work, size_t disk)
{
	uint64_t room = 2 * TABLE;

	for (size_t i = 0; i < work->design->count; i++)
		if (is_part_of(work, i, disk) &&
		    !strcmp(work->design->node[disk].table, "dos") &&
		    work->design->node[i].number > 4)
			room += FIT_MIB;
	return room;
}

/* As large as its smallest member; what the others have more is of no use. */
static uint64_t size_array(struct fit_work *work,
			   const struct design_node *array)
{
	struct design_node *node = work->design->node;
	uint64_t on = node[array->on[0]].size;

	for (size_t i = 1; i < array->ons; i++)
		if (node[array->on[i]].size < on)
			on = node[array->on[i]].size;
	for (size_t i = 0; i < array->ons; i++)
		node[array->on[i]].size = on;
	return array_size(array, less(on, array_head(on)));
}

static void size_node(struct fit_work *work, size_t which)
{
	struct design_node *node = &work->design->node[which];
	uint64_t on = node->ons ? work->design->node[node->on[0]].size : 0;
	uint64_t group = 0;

	switch (node->kind) {
	case DESIGN_DISK:
		divide(work,
		       &(struct share){which,
				       less(node->size / FIT_MIB * FIT_MIB,
					    table_room(work, which)),
				       FIT_MIB});
		break;
	case DESIGN_ARRAY:
		node->size = size_array(work, node);
		break;
	case DESIGN_CONTAINER:
		node->size = less(on, container_head(node));
		break;
	case DESIGN_GROUP:
		for (size_t i = 0; i < node->ons; i++)
			group += less(work->design->node[node->on[i]].size,
				      group_head(work, node->on[i])) /
				 LVM_MAKE_EXTENT * LVM_MAKE_EXTENT;
		node->size = group;
		divide(work, &(struct share){which, group, LVM_MAKE_EXTENT});
		break;
	case DESIGN_PART:
	case DESIGN_VOLUME:
		break;
	}
}

/* Nobody said what grows: the largest partition that can.  A group's volumes
 * keep their sizes; what is left in it is the owner's. */
static void choose_growers(struct fit_work *work)
{
	for (size_t disk = 0; disk < work->order->targets; disk++) {
		size_t largest = FIT_NONE;
		bool asked = false;

		for (size_t i = 0; i < work->design->count; i++) {
			const struct fit_need *need = &work->need[i];

			if (!is_part_of(work, i, disk))
				continue;
			asked = asked || need->grow;
			if (!need->fixed &&
			    strcmp(work->design->node[i].fs.fs, "swap") != 0 &&
			    (largest == FIT_NONE ||
			     need->best > work->need[largest].best))
				largest = i;
		}
		if (!asked && largest != FIT_NONE)
			work->need[largest].grow = true;
	}
}

void fit_size_all(struct fit_work *work)
{
	/* Volumes are counted in extents from the beginning. */
	for (size_t i = 0; i < work->design->count; i++)
		if (work->design->node[i].kind == DESIGN_VOLUME) {
			work->need[i].least =
				round_up(work->need[i].least, LVM_MAKE_EXTENT);
			work->need[i].best =
				round_up(work->need[i].best, LVM_MAKE_EXTENT);
		}
	sum_up(work);
	cap_carriers(work);
	choose_growers(work);
	for (size_t i = 0; i < work->design->count; i++)
		size_node(work, i);
}
