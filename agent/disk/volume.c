/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the file systems of a job's disks are.  Volumes lie on volumes, so the
 * list grows until nothing more opens; what was opened is undone in the
 * opposite order.  It shows no tool a device that is not on these disks.
 */
#include "disk/volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/array.h"
#include "disk/holders.h"
#include "disk/luks.h"
#include "disk/lvm.h"
#include "disk/mapper.h"
#include "disk/mount.h"
#include "disk/settle.h"
#include "disk/volume_list.h"
#include "disk/volume_stack.h"

#define MAPPER "/dev/mapper/"

int volume_open(const struct volume_order *order, struct volumes *ret_volumes,
		struct error **err)
{
	struct volumes volumes = {0};
	int r = 0;

	settle();
	for (unsigned int i = 0; r == 0 && order->disk[i]; i++) {
		const struct volume like = {.disk = i};

		r = volume_list_add(&volumes, order->disk[i], &like, err);
		if (r < 0)
			r = error_wrap(err, "volumes of '%s'", order->disk[i]);
		if (r == 0 && i == order->boot) {
			volumes.device = strdup(order->disk[i]);
			r = volumes.device ? 0 : error_memory(err);
		}
	}
	if (r == 0)
		r = volume_stack_open(&volumes, order, err);
	if (r < 0) {
		(void)volume_close(&volumes, NULL);
		return r;
	}
	*ret_volumes = volumes;
	return 0;
}

/* Old and fresh are whole paths; list may be NULL. */
static int replace(char **list, const char *old, const char *fresh,
		   struct error **err)
{
	for (size_t i = 0; list && list[i]; i++) {
		char *copy;

		if (strcmp(list[i], old) != 0)
			continue;
		copy = strdup(fresh);
		if (!copy)
			return error_memory(err);
		free(list[i]);
		list[i] = copy;
	}
	return 0;
}

int volume_rename(struct volumes *volumes, size_t which, const char *path,
		  struct error **err)
{
	struct volume *volume = &volumes->volume[which];
	char *old = strdup(volume->device);
	char *device[] = {volume->device, NULL};
	int r;

	if (!old)
		return error_memory(err);
	r = mapper_rename(old + strlen(MAPPER), path + strlen(MAPPER), err);
	if (r == 0)
		r = replace(device, old, path, err);
	volume->device = device[0];
	for (size_t i = 0; r == 0 && i < volumes->mades; i++) {
		struct volume_made *made = &volumes->made[i];
		char *name[] = {made->name, NULL};

		r = replace(made->pv, old, path, err);
		if (r == 0 && made->kind == VOLUME_LUKS)
			r = replace(name, old + strlen(MAPPER),
				    path + strlen(MAPPER), err);
		made->name = name[0];
	}
	free(old);
	return r;
}

static int undo(const struct volume_made *made, struct error **err)
{
	switch (made->kind) {
	case VOLUME_LOGICAL:
		return lvm_deactivate(made->pv, made->name, err);
	case VOLUME_LUKS:
		settle();
		return luks_close(made->name, err);
	case VOLUME_ARRAY:
	case VOLUME_SLICE:
	case VOLUME_PLAIN:
		break;
	}
	settle();
	return array_stop(made->name, io_seconds() + 10, err);
}

int volume_close(struct volumes *volumes, struct error **err)
{
	int r = 0;

	while (volumes->mades) {
		struct volume_made *made = &volumes->made[--volumes->mades];
		int closed = undo(made, r < 0 ? NULL : err);

		if (r == 0)
			r = closed;
		free(made->name);
		lvm_free_list(made->pv);
	}
	for (size_t i = 0; i < volumes->count; i++) {
		free(volumes->volume[i].device);
		free(volumes->volume[i].fs);
		free(volumes->volume[i].uuid);
		free(volumes->volume[i].label);
		free(volumes->volume[i].partuuid);
		free(volumes->volume[i].locked);
		lvm_free_list(volumes->volume[i].alias);
	}
	free(volumes->volume);
	free(volumes->made);
	free(volumes->device);
	*volumes = (struct volumes){0};
	return r;
}

void volume_release(const char *device)
{
	mount_sweep();
	holders_remove(device);
}
