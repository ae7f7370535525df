/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pieces of what a source says of its storage: numbers, texts, bytes, the
 * beginnings of devices, subvolumes.  All of it is a claim; the readers of
 * superblocks and tables are those for our own disks.
 */
#include "source/storage_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"

/* 16 PiB: the sum of all that is told does not wrap. */
#define NUMBER_MAX ((json_int_t)1 << 54)
#define DEPTH_MAX  32 /* subvolumes in subvolumes */

uint64_t storage_part_number(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);
	json_int_t number = json_integer_value(value);

	return json_is_integer(value) && number >= 0 && number < NUMBER_MAX
		       ? (uint64_t)number
		       : 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint8_t *storage_part_bytes(const json_t *json, const char *key,
			    size_t *ret_length)
{
	const char *text = json_string_value(json_object_get(json, key));
	size_t length = text ? strlen(text) / 2 : 0;
	uint8_t *bytes = text ? malloc(length + 1) : NULL;

	for (size_t i = 0; bytes && i < length; i++) {
		int high = digit(text[2 * i]);
		int low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			free(bytes);
			return NULL;
		}
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	if (bytes) {
		bytes[length] = 0;
		*ret_length = length;
	}
	return bytes;
}

int storage_part_head(const json_t *json, struct storage_device *device,
		      struct error **err)
{
	const json_t *list = json_object_get(json, "head");
	uint8_t *head = calloc(1, SUPERBLOCK_HEAD);
	int r = 0;

	if (!head)
		return error_memory(err);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *piece = json_array_get(list, i);
		uint64_t at = storage_part_number(piece, "at");
		size_t length = 0;
		uint8_t *bytes = storage_part_bytes(piece, "bytes", &length);

		if (bytes && at < SUPERBLOCK_HEAD)
			memcpy(head + at, bytes,
			       length < SUPERBLOCK_HEAD - at
				       ? length
				       : (size_t)(SUPERBLOCK_HEAD - at));
		free(bytes);
	}
	(void)superblock_read(head, SUPERBLOCK_HEAD, &device->fs);
	parse_make_printable(device->fs.label);
	parse_make_printable(device->fs.uuid);
	if (device->kind == STORAGE_DISK && device->size &&
	    layout_of_head(head, 32768, device->size, &device->layout, NULL) <
		    0)
		device->layout = (struct layout){0};
	free(head);
	return r;
}

static const struct storage_subvolume *find(const struct storage_device *device,
					    uint64_t id)
{
	for (size_t i = 0; i < device->subvolumes; i++)
		if (device->subvolume[i].id == id)
			return &device->subvolume[i];
	return NULL;
}

/* From the top, 5, down; false where it does not begin there. */
static bool make_path(const struct storage_device *device,
		      struct storage_subvolume *subvolume)
{
	const struct storage_subvolume *at = subvolume;
	char path[STORAGE_PLACE] = "";

	for (int depth = 0; at; depth++) {
		char longer[STORAGE_PLACE];
		size_t used = strlen(at->name);
		size_t rest = strlen(path);

		if (depth == DEPTH_MAX || used + rest + 2 > sizeof(path))
			return true;
		memcpy(longer, at->name, used);
		if (rest)
			longer[used++] = '/';
		memcpy(longer + used, path, rest + 1);
		memcpy(path, longer, used + rest + 1);
		if (at->parent == 5) {
			subvolume->path = strdup(path);
			return subvolume->path;
		}
		at = find(device, at->parent);
	}
	return true;
}

int storage_part_subvolumes(const json_t *json, struct storage_device *device,
			    struct error **err)
{
	const json_t *list = json_object_get(json, "subvolumes");
	size_t count = json_array_size(list);

	if (device->subvolume || !count)
		return 0;
	if (count > STORAGE_VOLUMES_MAX)
		count = STORAGE_VOLUMES_MAX;
	device->subvolume = calloc(count, sizeof(*device->subvolume));
	if (!device->subvolume)
		return error_memory(err);
	device->standard = storage_part_number(json, "default");
	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(list, i);
		struct storage_subvolume *to =
			&device->subvolume[device->subvolumes];
		size_t length = 0;

		to->name = (char *)storage_part_bytes(one, "name", &length);
		if (!to->name)
			continue;
		to->id = storage_part_number(one, "id");
		to->parent = storage_part_number(one, "parent");
		to->read_only = json_is_true(json_object_get(one, "read_only"));
		device->subvolumes++;
	}
	for (size_t i = 0; i < device->subvolumes; i++)
		if (!make_path(device, &device->subvolume[i]))
			return error_memory(err);
	return 0;
}

static bool ends_with(const char *path, const char *end)
{
	size_t length = strlen(path);
	size_t tail = strlen(end);

	return length >= tail && !strcmp(path + length - tail, end);
}

void storage_part_grub(const json_t *json, struct storage_grub *ret)
{
	const json_t *list = json_object_get(json, "grub");
	const json_t *one;
	size_t i;

	*ret = (struct storage_grub){.told = json_is_array(list)};
	json_array_foreach(list, i, one)
	{
		const char *path = json_string_value(one);

		if (!path)
			continue;
		if (ends_with(path, "/grub-install") ||
		    ends_with(path, "/grub2-install"))
			ret->program = true;
		else if (ends_with(path, "/i386-pc/modinfo.sh"))
			ret->bios = true;
		else if (ends_with(path, "/grub.cfg"))
			ret->menu = true;
		else if (ends_with(path, "/stage1") ||
			 ends_with(path, "/stage2"))
			ret->legacy = true;
	}
}
