/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What kind of device stands on a disk.
 * Sources: sysfs-block-dm of the kernel's ABI documents; the prefixes of UUIDs
 * that LVM, cryptsetup, multipath and dmraid give to their devices.
 */
#include "lander-source/facts_layer.h"

#include <sys/stat.h>

#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SYS "/sys/dev/block/"

static bool has(const char *number, const char *what)
{
	char path[96];
	struct stat st = {0};
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, SYS);
	text_add(&text, number);
	text_add(&text, what);
	return system_stat(path, &st) >= 0;
}

static const char *kind_of_dm(const char *number)
{
	static const struct {
		const char *prefix;
		const char *kind;
	} row[] = {
		{"LVM-", "lvm"},
		{"CRYPT-", "crypt"},
		{"mpath-", "multipath"},
		{"DMRAID-", "dmraid"},
	};
	char uuid[256];

	(void)file_read_line(uuid, sizeof(uuid), SYS, number, "/dm/uuid", NULL);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (text_begins(uuid, row[i].prefix))
			return row[i].kind;
	return "dm";
}

const char *facts_layer_kind(const struct device *device)
{
	if (has(device->number, "/dm"))
		return kind_of_dm(device->number);
	if (has(device->number, "/md"))
		return "md";
	if (has(device->number, "/bcache"))
		return "bcache";
	if (text_begins(device->name, "drbd"))
		return "drbd";
	return "other";
}

void facts_layer_tell(struct text *to, const struct devices *devices)
{
	/* The first is the disk itself. */
	for (size_t i = 1; i < devices->count; i++) {
		const struct device *device = &devices->device[i];

		if (has(device->number, "/partition"))
			continue;
		text_open(to, "{");
		text_field(to, "name", device->name);
		text_field(to, "label", device->label);
		text_field(to, "kind", facts_layer_kind(device));
		text_close(to, "},");
	}
}
