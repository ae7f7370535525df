/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first grub.cfg of a signed GRUB.  It looks for UUIDs of the copied disks
 * in it, and does not follow the script.
 */
#include "guest/bootcheck_vendor.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/esp.h"
#include "guest/tree.h"

#define LIMIT ((size_t)4 << 20)

static char *read_at(const char *root, const char *directory, const char *path)
{
	char *whole = NULL;
	char *text = NULL;

	if (directory && esp_path(root, directory, path, &whole) == 1 &&
	    tree_read(root, whole, LIMIT, &text) < 0)
		text = NULL;
	free(whole);
	return text;
}

/* It searches, and for nothing that is here. */
static bool is_lost(const struct convert *convert, const char *text)
{
	const struct volumes *volumes = convert->volumes;

	for (size_t i = 0; volumes && i < volumes->count; i++) {
		const char *uuid = volumes->volume[i].uuid;
		const char *label = volumes->volume[i].label;

		if ((uuid && *uuid && strcasestr(text, uuid)) ||
		    (label && *label && strstr(text, label)))
			return false;
	}
	return strstr(text, "fs_uuid") || strstr(text, "--fs-uuid") ||
	       strstr(text, "--label") || strstr(text, "-l ");
}

int bootcheck_vendor_read(const struct convert *convert, char **ret_text)
{
	struct esp_vendor vendor = {0};
	char *text = NULL;
	char *place = NULL;
	bool listed;
	int r = 0;

	*ret_text = NULL;
	if (!esp_find(convert, &place, &listed))
		return 0;
	r = esp_find_vendor(convert->root, place, &vendor);
	if (r == 1)
		text = read_at(convert->root, vendor.directory, "grub.cfg");
	if (!text)
		text = read_at(convert->root, place, "EFI/BOOT/grub.cfg");
	if (r >= 0 && !text)
		*ret_text = strdup("the signed GRUB has no grub.cfg in the EFI "
				   "System Partition");
	else if (r >= 0 && is_lost(convert, text))
		*ret_text = strdup("grub.cfg in the EFI System Partition "
				   "searches for a file system that is on "
				   "none of the copied disks");
	esp_done_vendor(&vendor);
	free(text);
	free(place);
	return r < 0 ? r : *ret_text != NULL;
}
