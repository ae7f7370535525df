/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names that the files of a copied system may have for what it was on.
 * Names that only the old machine's udev knows (by-id, by-path of a disk) were
 * not told, and are not made up.
 */
#include "plan/fit_old.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/newlayout.h"
#include "plan/fit_work.h"

#define NAMES_MAX 12

/* One more name; false without memory. */
__attribute__((format(printf, 2, 3))) static bool add(struct newlayout_old *old,
						      const char *fmt, ...)
{
	size_t count = 0;
	va_list args;
	int n;

	while (count < NAMES_MAX && old->name[count])
		count++;
	if (count == NAMES_MAX)
		return true;
	va_start(args, fmt);
	n = vasprintf(&old->name[count], fmt, args);
	va_end(args);
	if (n < 0)
		old->name[count] = NULL;
	return n >= 0;
}

static bool add_array(struct newlayout_old *old,
		      const struct storage_device *from)
{
	const char *colon = strchr(from->md_name, ':');
	const char *name = colon ? colon + 1 : from->md_name;
	bool number = *name && strlen(name) < 5 &&
		      strspn(name, "0123456789") == strlen(name);

	if (*from->md_uuid &&
	    !add(old, "/dev/disk/by-id/md-uuid-%s", from->md_uuid))
		return false;
	if (!*name)
		return true;
	return add(old, "/dev/md/%s", name) &&
	       add(old, "/dev/md/%s", from->md_name) &&
	       add(old, "/dev/disk/by-id/md-name-%s", from->md_name) &&
	       (!number || add(old, "/dev/md%s", name));
}

static bool add_names(struct newlayout_old *old,
		      const struct storage_device *from)
{
	bool good = true;

	switch (from->kind) {
	case STORAGE_LVM:
		if (*from->group && *from->volume)
			good = add(old, "/dev/%s/%s", from->group,
				   from->volume);
		break;
	case STORAGE_MD:
		good = add_array(old, from);
		break;
	case STORAGE_DISK:
	case STORAGE_PART:
	case STORAGE_CRYPT:
	case STORAGE_OTHER:
		break;
	}
	if (good && *from->mapped)
		good = add(old, "/dev/mapper/%s", from->mapped) &&
		       add(old, "/dev/disk/by-id/dm-name-%s", from->mapped);
	return good && add(old, "/dev/%s", from->name);
}

static const struct layout_part *entry_of(const struct storage *storage,
					  const struct storage_device *from)
{
	const struct layout *layout;

	if (from->kind != STORAGE_PART || !from->ons)
		return NULL;
	layout = &storage->device[from->on[0]].layout;
	for (size_t i = 0; i < layout->count; i++)
		if (layout->part[i].number == from->number)
			return &layout->part[i];
	return NULL;
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

static const char *reason(const struct fit_work *work, size_t device)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);

	if (fit_work_disk(work, device) == FIT_NONE)
		return "its disk is none of those that were copied";
	if (from->kind == STORAGE_CRYPT && from->ons == 1 &&
	    work->fit->made[from->on[0]] != FIT_NONE)
		return "its key is a new one at each start";
	if (!strcmp(from->fs.fs, "swap"))
		return "swap was left out, as the job said";
	return "nothing was copied of it, because it was not mounted";
}

static bool fill(const struct fit_work *work, size_t device,
		 struct newlayout_old *old)
{
	const struct storage_device *from = FIT_WORK_DEVICE(work, device);
	const struct layout_part *entry = entry_of(work->storage, from);

	old->name = calloc(NAMES_MAX + 1, sizeof(*old->name));
	old->device = copy(*from->mapped ? from->mapped : from->name);
	old->fs = copy(from->fs.fs);
	old->uuid = copy(from->fs.uuid);
	old->label = copy(from->fs.label);
	old->partuuid = copy(entry ? entry->uuid : NULL);
	old->partlabel = copy(entry ? entry->name : NULL);
	old->array = copy(from->kind == STORAGE_MD ? from->md_uuid : NULL);
	old->node = work->fit->made[device];
	if (old->node == FIT_NONE) {
		old->node = NEWLAYOUT_GONE;
		old->why = reason(work, device);
	}
	return old->name && old->device && old->fs && old->uuid && old->label &&
	       old->partuuid && old->partlabel && old->array &&
	       add_names(old, from);
}

int fit_old(const struct fit_order *order, const struct fit *fit,
	    struct newlayout *ret, struct error **err)
{
	struct fit_work work = {.order = order,
				.storage = order->storage,
				.fit = (struct fit *)(uintptr_t)fit};
	struct newlayout layout = {.design = &fit->design};

	layout.old = calloc(order->storage->devices + 1, sizeof(*layout.old));
	if (!layout.old)
		return error_memory(err);
	for (size_t i = 0; i < order->storage->devices; i++) {
		layout.count++;
		if (!fill(&work, i, &layout.old[i])) {
			newlayout_done(&layout);
			return error_memory(err);
		}
	}
	*ret = layout;
	return 0;
}
