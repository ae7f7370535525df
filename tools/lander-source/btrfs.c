/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A btrfs lies on several devices, and mount tables name one of them.
 * Source: /sys/fs/btrfs, since Linux 3.14; before, all but the named one seem
 * to be held by somebody who can't be seen, and are refused.
 */
#include "lander-source/btrfs.h"

#include <sys/stat.h>

#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SYS "/sys/fs/btrfs/"

struct search {
	struct devices *all;
	const char *name; /* of the device that it is mounted from */
	struct device *found;
};

static bool has(const char *system, const char *name)
{
	char path[192];
	struct text text;
	struct stat st = {0};

	text_begin(&text, path, sizeof(path));
	text_add(&text, SYS);
	text_add(&text, system);
	text_add(&text, "/devices/");
	text_add(&text, name);
	return !text.full && system_stat(path, &st) >= 0;
}

static int look(void *owner, const char *system)
{
	struct search *search = owner;

	if (!has(system, search->name))
		return 0;
	for (size_t i = 0; i < search->all->count; i++) {
		struct device *device = &search->all->device[i];

		if (!has(system, device->name))
			continue;
		if (search->found)
			device->used = true;
		else
			search->found = device;
	}
	return 1;
}

struct device *btrfs_find(struct devices *all, const char *node)
{
	struct search search = {.all = all};
	struct stat st = {0};
	char number[24];
	char name[64];

	if (system_stat(node, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	device_number(&st, number);
	device_name(number, name, sizeof(name));
	search.name = name;
	(void)file_list("/sys/fs/btrfs", look, &search);
	return search.found;
}
