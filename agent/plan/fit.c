/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A new layout for other disks.  It collects what is on the source, puts it on
 * the targets, applies the wishes, sizes and places everything; each step is a
 * room of its own, and this one only knows their order.  It writes nothing.
 */
#include "plan/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/fit_leaf.h"
#include "plan/fit_mount.h"
#include "plan/fit_place.h"
#include "plan/fit_size.h"
#include "plan/fit_stack.h"
#include "plan/fit_wish.h"
#include "plan/fit_work.h"

static int add_disks(struct fit_work *work, struct error **err)
{
	for (size_t i = 0; i < work->order->targets; i++) {
		const struct fit_target *target = &work->order->target[i];
		size_t node = fit_work_add(work, DESIGN_DISK, FIT_NONE);

		if (node == FIT_NONE)
			return error_memory(err);
		work->design->node[node].size = target->size;
		(void)snprintf(work->design->node[node].name,
			       sizeof(work->design->node[node].name), "%s",
			       target->name);
	}
	return 0;
}

/* GRUB has to open what it finds its menu in. */
static void mark_loader(struct fit_work *work)
{
	size_t node = work->root;

	for (size_t i = 0; i < work->design->mounts; i++)
		if (!strcmp(work->design->mount[i].place, "/boot"))
			node = work->design->mount[i].node;
	while (node != FIT_NONE && work->design->node[node].ons) {
		if (work->design->node[node].kind == DESIGN_CONTAINER)
			work->design->node[node].for_loader = true;
		node = work->design->node[node].on[0];
	}
}

static void name_origins(struct fit_work *work)
{
	for (size_t i = 0; i < work->design->mounts; i++) {
		struct design_node *node =
			&work->design->node[work->design->mount[i].node];

		if (!*node->origin)
			(void)snprintf(node->origin, sizeof(node->origin),
				       "%.100s", work->design->mount[i].place);
	}
}

static int check(struct fit_work *work, struct error **err)
{
	struct error **first = work->wrong ? &work->wrong : &work->refused;
	int r;

	if (!*first)
		return 0;
	r = error_set(err, (*first)->kind, 0, "%s", (*first)->msg);
	return r;
}

static int run(struct fit_work *work, struct error **err)
{
	int r = add_disks(work, err);

	if (r < 0)
		return r;
	work->made = calloc(STORAGE_DEVICES_MAX, sizeof(*work->made));
	work->fit->made = work->made;
	if (!work->made)
		return error_memory(err);
	for (size_t i = 0; i < STORAGE_DEVICES_MAX; i++)
		work->made[i] = FIT_NONE;
	fit_leaf_collect(work);
	if (work->refused)
		return check(work, err);
	fit_place_tables(work);
	fit_wish_apply(work);
	name_origins(work);
	fit_size_all(work);
	if (work->refused || work->wrong)
		return check(work, err);
	fit_place_parts(work);
	fit_stack_type(work);
	mark_loader(work);
	fit_mount_sort(work);
	work->fit->left += work->storage->cut;
	if (work->storage->cut)
		fit_work_note(work, "the source has more devices or mounts "
				    "than lander takes: what it did not tell "
				    "of is left out");
	return 0;
}

int fit_make(const struct fit_order *order, struct fit *ret, struct error **err)
{
	struct fit_work work = {.order = order,
				.storage = order->storage,
				.fit = ret,
				.design = &ret->design,
				.root = FIT_NONE};
	uint64_t missing;
	int r;

	*ret = (struct fit){0};
	r = run(&work, err);
	free(work.need);
	error_free(work.refused);
	error_free(work.wrong);
	if (r < 0) {
		missing = ret->missing;
		fit_done(ret);
		ret->missing = missing;
	}
	return r;
}

void fit_done(struct fit *fit)
{
	design_done(&fit->design);
	free(fit->row);
	free(fit->made);
	for (size_t i = 0; i < fit->notes; i++)
		free(fit->note[i]);
	free(fit->note);
	for (size_t i = 0; i < fit->left_outs; i++)
		free(fit->left_out[i]);
	free(fit->left_out);
	*fit = (struct fit){0};
}
