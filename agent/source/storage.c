/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies on what on a source machine, as it says so.  Names of devices are
 * looked up in its own list, and what is not there is not followed; nothing in
 * it is believed to make sense, only to be bounded.
 */
#include "source/storage.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/answer_text.h"
#include "source/inventory.h"
#include "source/storage_part.h"

size_t storage_find(const struct storage *storage, const char *name)
{
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	for (size_t i = 0; i < storage->devices; i++)
		if (!strcmp(storage->device[i].name, name))
			return i;
	return STORAGE_NONE;
}

static size_t find_text(const struct storage *storage, const json_t *json,
			const char *key)
{
	const char *name = json_string_value(json_object_get(json, key));

	return name ? storage_find(storage, name) : STORAGE_NONE;
}

static enum storage_kind kind_of(const char *word)
{
	static const char *const words[] = {
		[STORAGE_DISK] = "disk", [STORAGE_PART] = "part",
		[STORAGE_LVM] = "lvm",	 [STORAGE_CRYPT] = "crypt",
		[STORAGE_MD] = "md",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], word))
			return (enum storage_kind)i;
	return STORAGE_OTHER;
}

/* "a--b-root" is the volume root of the group a-b.  Layers of a volume have a
 * UUID with something behind its 64 characters, and no name of their own. */
static void split_volume(struct storage_device *device)
{
	char *to = device->group;
	size_t n = 0;

	if (device->kind != STORAGE_LVM || strlen(device->uuid) != 4 + 64)
		return;
	for (const char *at = device->mapped; *at; at++) {
		if (*at == '-' && at[1] == '-')
			at++;
		else if (*at == '-' && to == device->group) {
			to[n] = '\0';
			to = device->volume;
			n = 0;
			continue;
		}
		to[n++] = *at;
	}
	to[n] = '\0';
	if (to == device->group)
		device->group[0] = '\0';
}

static void take_target(const json_t *json, struct storage_device *device)
{
	const json_t *list = json_object_get(json, "targets");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (word && strlen(word) < sizeof(device->target) &&
		    (!i || !strcmp(device->target, word)))
			(void)snprintf(device->target, sizeof(device->target),
				       "%s", word);
		else
			device->target[0] = '\0';
		if (!*device->target)
			break;
	}
}

static int take_device(const json_t *json, struct storage_device *device,
		       struct error **err)
{
	ANSWER_TEXT(json, "name", device->name);
	ANSWER_TEXT(json, "kind", device->word);
	device->kind = kind_of(device->word);
	device->size = storage_part_number(json, "size");
	device->sector = storage_part_number(json, "sector");
	device->number = storage_part_number(json, "number");
	device->start = storage_part_number(json, "start");
	ANSWER_TEXT(json, "mapped", device->mapped);
	ANSWER_TEXT(json, "uuid", device->uuid);
	ANSWER_TEXT(json, "level", device->level);
	ANSWER_TEXT(json, "metadata", device->metadata);
	ANSWER_TEXT(json, "md_uuid", device->md_uuid);
	ANSWER_TEXT(json, "md_name", device->md_name);
	device->members = storage_part_number(json, "members");
	take_target(json, device);
	split_volume(device);
	return storage_part_head(json, device, err);
}

/* Once all names are known. */
static void take_below(const struct storage *storage, const json_t *json,
		       size_t which)
{
	struct storage_device *device = &storage->device[which];
	const json_t *list = json_object_get(json, "on");
	size_t of = find_text(storage, json, "of");

	if (device->kind == STORAGE_PART) {
		if (of != STORAGE_NONE && of != which)
			device->on[device->ons++] = of;
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		size_t below =
			name ? storage_find(storage, name) : STORAGE_NONE;

		if (below == STORAGE_NONE || below == which ||
		    device->ons == STORAGE_ON_MAX)
			device->on_more = true;
		else
			device->on[device->ons++] = below;
	}
}

static int take_devices(const json_t *list, struct storage *storage,
			struct error **err)
{
	const json_t *from[STORAGE_DEVICES_MAX];
	size_t count = json_array_size(list);
	int r = 0;

	if (count > STORAGE_DEVICES_MAX) {
		count = STORAGE_DEVICES_MAX;
		storage->cut = true;
	}
	storage->device = calloc(count + 1, sizeof(*storage->device));
	if (!storage->device)
		return error_memory(err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		const json_t *json = json_array_get(list, i);
		const char *name =
			json_string_value(json_object_get(json, "name"));

		if (!inventory_is_name(name) ||
		    storage_find(storage, name) != STORAGE_NONE)
			continue;
		from[storage->devices] = json;
		r = take_device(json, &storage->device[storage->devices++],
				err);
	}
	for (size_t i = 0; r == 0 && i < storage->devices; i++)
		take_below(storage, from[i], i);
	return r;
}

/* "rw,noatime" of the mount and "rw,data=ordered" of what is mounted. */
static void take_options(const json_t *json, struct storage_mount *mount)
{
	size_t length;

	ANSWER_TEXT(json, "options", mount->options);
	length = strlen(mount->options);
	if (length + 2 < sizeof(mount->options)) {
		mount->options[length] = ',';
		answer_text(json, "super", mount->options + length + 1,
			    sizeof(mount->options) - length - 1);
	}
}

static int take_mounts(const json_t *list, struct storage *storage,
		       struct error **err)
{
	size_t count = json_array_size(list);
	int r = 0;

	if (count > STORAGE_MOUNTS_MAX) {
		count = STORAGE_MOUNTS_MAX;
		storage->cut = true;
	}
	storage->mount = calloc(count + 1, sizeof(*storage->mount));
	if (!storage->mount)
		return error_memory(err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		const json_t *json = json_array_get(list, i);
		struct storage_mount *mount = &storage->mount[storage->mounts];

		mount->device = find_text(storage, json, "device");
		if (mount->device == STORAGE_NONE)
			continue;
		storage->mounts++;
		ANSWER_TEXT(json, "root", mount->root);
		ANSWER_TEXT(json, "place", mount->place);
		ANSWER_TEXT(json, "type", mount->type);
		take_options(json, mount);
		mount->size = storage_part_number(json, "size");
		mount->used = storage_part_number(json, "used");
		mount->files = storage_part_number(json, "files");
		mount->known = mount->size && mount->used <= mount->size;
		r = storage_part_subvolumes(
			json, &storage->device[mount->device], err);
	}
	return r;
}

static void take_swaps(const json_t *list, struct storage *storage)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *json = json_array_get(list, i);
		struct storage_swap *swap = &storage->swap[storage->swaps];

		if (storage->swaps == STORAGE_SWAPS_MAX) {
			storage->cut = true;
			break;
		}
		*swap = (struct storage_swap){
			.device = find_text(storage, json, "device"),
			.size = storage_part_number(json, "size"),
			.used = storage_part_number(json, "used")};
		ANSWER_TEXT(json, "file", swap->file);
		swap->is_file = *swap->file;
		if (swap->is_file || swap->device != STORAGE_NONE)
			storage->swaps++;
	}
}

/* Nobody stands on himself, over however many steps. */
static int check_circles(const char *name, const struct storage *storage,
			 struct error **err)
{
	bool done[STORAGE_DEVICES_MAX] = {false};
	bool changed = true;
	size_t left = storage->devices;

	while (changed && left) {
		changed = false;
		for (size_t i = 0; i < storage->devices; i++) {
			bool ready = !done[i];

			for (size_t k = 0; k < storage->device[i].ons; k++)
				ready = ready && done[storage->device[i].on[k]];
			if (!ready)
				continue;
			done[i] = changed = true;
			left--;
		}
	}
	return left ? error_set(err, ERROR_SOURCE, 0,
				"%s: its devices stand on each other in a "
				"circle",
				name)
		    : 0;
}

int storage_parse(const char *name, const void *text, size_t length,
		  struct storage *ret, struct error **err)
{
	json_t *json = json_loadb(text, length, 0, NULL);
	size_t bytes;
	int r = 0;

	*ret = (struct storage){0};
	if (!json_is_object(json)) {
		r = error_set(err, ERROR_SOURCE, 0,
			      "%s: what it says of its storage is not JSON",
			      name);
		goto out;
	}
	ret->cut = json_is_true(json_object_get(json, "cut"));
	ret->uefi =
		json_string_value(json_object_get(json, "firmware")) &&
		!strcmp(json_string_value(json_object_get(json, "firmware")),
			"uefi");
	r = take_devices(json_object_get(json, "devices"), ret, err);
	if (r == 0)
		r = check_circles(name, ret, err);
	if (r == 0)
		r = take_mounts(json_object_get(json, "mounts"), ret, err);
	if (r == 0) {
		take_swaps(json_object_get(json, "swaps"), ret);
		ret->fstab = (char *)storage_part_bytes(json, "fstab", &bytes);
		ret->crypttab =
			(char *)storage_part_bytes(json, "crypttab", &bytes);
		storage_part_grub(json, &ret->grub);
	}
	if (r < 0)
		storage_done(ret);
out:
	json_decref(json);
	return r;
}

void storage_done(struct storage *storage)
{
	for (size_t i = 0; i < storage->devices; i++) {
		struct storage_device *device = &storage->device[i];

		layout_done(&device->layout);
		for (size_t k = 0; k < device->subvolumes; k++) {
			free(device->subvolume[k].name);
			free(device->subvolume[k].path);
		}
		free(device->subvolume);
	}
	free(storage->device);
	free(storage->mount);
	free(storage->fstab);
	free(storage->crypttab);
	*storage = (struct storage){0};
}
