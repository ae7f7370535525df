/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volumes on volumes: rounds over the list, which each opening makes longer,
 * until one changes nothing.  An array with a missing member waits for that
 * last round, because the member may still turn up in a volume.  It refuses
 * nothing: what stays closed says why.
 */
#include "disk/volume_stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "disk/array.h"
#include "disk/luks.h"
#include "disk/lvm.h"
#include "disk/settle.h"
#include "disk/volume_list.h"

#define NO_KEY "it is encrypted and no key is given"

struct stack {
	struct volumes *volumes;
	const struct volume_order *order;
	size_t pvs; /* physical volumes at the last look for groups */
	bool changed;
};

static bool is_closed(const struct volume *volume, const char *fs)
{
	return volume->fs && !strcmp(volume->fs, fs) && !volume->opened &&
	       !volume->locked;
}

/* It stays closed, and that is the end of it. */
static void lock(struct volume *volume, struct error *why)
{
	log_warn("disk", "%s stays closed: %s", volume->device,
		 why ? why->msg : "no memory");
	volume->locked = strdup(why ? why->msg : "no memory");
	error_free(why);
}

static int open_container(struct stack *stack, size_t which, struct error **err)
{
	struct volume *volume = &stack->volumes->volume[which];
	const struct volume like = {
		.kind = VOLUME_LUKS, .disk = volume->disk, .holder = which};
	struct error *why = NULL;
	char device[64];
	const char *name = device + strlen("/dev/mapper/");
	int r;

	if (!stack->order->key) {
		volume->locked = strdup(NO_KEY);
		return volume->locked ? 0 : error_memory(err);
	}
	for (size_t i = which;; i++) {
		(void)snprintf(device, sizeof(device),
			       "/dev/mapper/lander-luks-%zu", i);
		if (access(device, F_OK) < 0)
			break;
	}
	r = luks_open(volume->device, name, stack->order->key,
		      stack->order->read_only, &why);
	if (r < 0) {
		lock(volume, why);
		return 0;
	}
	volume->opened = true;
	stack->changed = true;
	r = volume_list_note(stack->volumes, VOLUME_LUKS, name, NULL, err);
	if (r < 0)
		(void)luks_close(name, NULL);
	else
		r = volume_list_add(stack->volumes, device, &like, err);
	return r;
}

static int open_containers(struct stack *stack, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < stack->volumes->count; i++)
		if (is_closed(&stack->volumes->volume[i], VOLUME_LIST_LUKS))
			r = open_container(stack, i, err);
	return r;
}

static bool is_member(const struct volume *volume, const char *array)
{
	return volume->fs && !strcmp(volume->fs, VOLUME_LIST_ARRAY) &&
	       volume->uuid && !strcmp(volume->uuid, array);
}

/* All members of an array that are in the list, for free(); their texts stay
 * the list's. */
static char **find_members(const struct volumes *volumes, const char *array,
			   size_t *ret_count)
{
	char **members = calloc(volumes->count + 1, sizeof(*members));

	*ret_count = 0;
	for (size_t i = 0; members && i < volumes->count; i++)
		if (is_member(&volumes->volume[i], array))
			members[(*ret_count)++] = volumes->volume[i].device;
	return members;
}

/* It runs: its members are open, and what is on it is in the list. */
static int take_array(struct stack *stack, const char *device,
		      const struct volume *like, struct error **err)
{
	struct volumes *volumes = stack->volumes;
	const char *array = volumes->volume[like->holder].uuid;
	int r;

	for (size_t i = 0; i < volumes->count; i++)
		if (is_member(&volumes->volume[i], array))
			volumes->volume[i].opened = true;
	stack->changed = true;
	r = volume_list_note(volumes, VOLUME_ARRAY, device, NULL, err);
	if (r < 0)
		(void)array_stop(device, 0, NULL);
	else
		r = volume_list_add(volumes, device, like, err);
	return r;
}

/* last: also with members missing. */
static int open_array(struct stack *stack, size_t first, bool last,
		      struct error **err)
{
	struct volumes *volumes = stack->volumes;
	const char *array = volumes->volume[first].uuid;
	struct volume like = {.kind = VOLUME_ARRAY,
			      .disk = volumes->volume[first].disk,
			      .holder = first};
	struct error *why = NULL;
	unsigned int whole = 0;
	char *device = NULL;
	size_t count = 0;
	char **members = find_members(volumes, array, &count);
	int r;

	if (!members)
		return error_memory(err);
	r = array_devices(members[0], &whole, &why);
	if (r == 0 && count < whole && !last) {
		free(members);
		return 0;
	}
	if (r == 0)
		r = array_start(members, stack->order->read_only, &device,
				&why);
	free(members);
	if (r >= 0) {
		like.degraded = r > 0;
		r = take_array(stack, device, &like, err);
		free(device);
		return r;
	}
	for (size_t i = first + 1; i < volumes->count; i++)
		if (is_member(&volumes->volume[i], array))
			volumes->volume[i].locked =
				strdup("a member of the same array");
	lock(&volumes->volume[first], why);
	return 0;
}

static int open_arrays(struct stack *stack, bool last, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < stack->volumes->count; i++) {
		const struct volume *volume = &stack->volumes->volume[i];

		if (is_closed(volume, VOLUME_LIST_ARRAY) && volume->uuid)
			r = open_array(stack, i, last, err);
	}
	return r;
}

/* LVM's nodes, where no udev rule makes them. */
static void make_nodes(void)
{
	static const char *const argv[] = {"lvm", "vgmknodes", "--config",
					   "activation{udev_sync=0}", NULL};
	const struct process process = {.argv = argv, .timeout_s = 60};

	settle();
	(void)process_run(&process, NULL, NULL);
}

static bool is_made(const struct volumes *volumes, const char *group)
{
	for (size_t i = 0; i < volumes->mades; i++)
		if (volumes->made[i].kind == VOLUME_LOGICAL &&
		    !strcmp(volumes->made[i].name, group))
			return true;
	return false;
}

/* The devices of all physical volumes, NULL at the end. */
static char **find_pvs(const struct volumes *volumes, size_t *ret_count,
		       unsigned int *ret_disk)
{
	char **pv = calloc(volumes->count + 1, sizeof(*pv));
	size_t count = 0;

	for (size_t i = 0; pv && i < volumes->count; i++) {
		const struct volume *volume = &volumes->volume[i];

		if (!volume->fs || strcmp(volume->fs, VOLUME_LIST_PV) != 0)
			continue;
		if (!count)
			*ret_disk = volume->disk;
		pv[count] = strdup(volume->device);
		if (!pv[count]) {
			lvm_free_list(pv);
			return NULL;
		}
		count++;
	}
	*ret_count = count;
	return pv;
}

static int open_group(struct stack *stack, const char *group,
		      struct error **err)
{
	struct volume like = {.kind = VOLUME_LOGICAL};
	char **paths = NULL;
	size_t count = 0;
	char **pv = find_pvs(stack->volumes, &count, &like.disk);
	int r;

	if (!pv)
		return error_memory(err);
	r = lvm_activate(pv, group, stack->order->read_only, err);
	if (r < 0) {
		lvm_free_list(pv);
		return r;
	}
	stack->changed = true;
	r = volume_list_note(stack->volumes, VOLUME_LOGICAL, group, pv, err);
	if (r < 0)
		return r;
	make_nodes();
	r = lvm_volumes(pv, group, &paths, err);
	for (size_t i = 0; r == 0 && paths && paths[i]; i++)
		r = volume_list_add(stack->volumes, paths[i], &like, err);
	lvm_free_list(paths);
	return r;
}

/* Only what lies in a group that is complete can be known. */
static void mark_pvs(struct volumes *volumes, char *const *incomplete)
{
	for (size_t i = 0; i < volumes->count; i++)
		if (volumes->volume[i].fs &&
		    !strcmp(volumes->volume[i].fs, VOLUME_LIST_PV))
			volumes->volume[i].opened = !incomplete;
	for (size_t i = 0; incomplete && incomplete[i]; i++)
		log_warn("disk",
			 "volume group %s is not complete so far: left alone",
			 incomplete[i]);
}

static int open_groups(struct stack *stack, struct error **err)
{
	char **incomplete = NULL;
	char **groups = NULL;
	unsigned int disk;
	size_t count = 0;
	char **pv = find_pvs(stack->volumes, &count, &disk);
	int r = 0;

	if (!pv)
		return error_memory(err);
	if (count != stack->pvs)
		r = lvm_groups(pv, &groups, &incomplete, err);
	if (r == 0 && count != stack->pvs)
		mark_pvs(stack->volumes, incomplete);
	stack->pvs = count;
	for (size_t i = 0; r == 0 && groups && groups[i]; i++)
		if (!is_made(stack->volumes, groups[i]))
			r = open_group(stack, groups[i], err);
	lvm_free_list(incomplete);
	lvm_free_list(groups);
	lvm_free_list(pv);
	return r;
}

/* Physical volumes of which nothing can be said in the end. */
static int lock_pvs(struct volumes *volumes, struct error **err)
{
	for (size_t i = 0; i < volumes->count; i++) {
		struct volume *volume = &volumes->volume[i];

		if (!is_closed(volume, VOLUME_LIST_PV))
			continue;
		volume->locked = strdup("a volume group is not complete on "
					"these disks");
		if (!volume->locked)
			return error_memory(err);
	}
	return 0;
}

int volume_stack_open(struct volumes *volumes, const struct volume_order *order,
		      struct error **err)
{
	struct stack stack = {.volumes = volumes, .order = order};
	int r;

	do {
		stack.changed = false;
		r = open_containers(&stack, err);
		if (r == 0)
			r = open_arrays(&stack, false, err);
		if (r == 0)
			r = open_groups(&stack, err);
		if (r == 0 && !stack.changed)
			r = open_arrays(&stack, true, err);
	} while (r == 0 && stack.changed);
	return r < 0 ? r : lock_pvs(volumes, err);
}
