/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a GRUB that is started from EFI/BOOT reads.  It writes no menu of its
 * own and puts no text of the guest into a script that was not checked.
 */
#include "guest/fallback_config.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/esp.h"
#include "guest/fstab.h"
#include "guest/tree.h"

#define LIMIT ((size_t)4 << 20)

/* Some line begins a menu, or reads one from /boot/loader/entries. */
static bool is_menu(const char *text)
{
	static const char *const words[] = {"menuentry", "submenu", "blscfg",
					    "linux"};

	for (const char *line = text; line && *line;) {
		const char *at = line + strspn(line, " \t");

		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (!strncmp(at, words[i], strlen(words[i])))
				return true;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

/* The UUID of the file system at place: what fstab names there, or the only
 * FAT of the job. */
static const char *find_uuid(const struct convert *convert, const char *place)
{
	const struct volumes *volumes = convert->volumes;
	const char *only = NULL;
	unsigned int fats = 0;
	char *fstab = NULL;
	char *spec = NULL;
	const char *uuid = NULL;

	if (tree_read(convert->root, "/etc/fstab", LIMIT, &fstab) == 0)
		(void)fstab_find(fstab, place, &spec);
	for (size_t i = 0; volumes && i < volumes->count; i++) {
		const struct volume *volume = &volumes->volume[i];

		if (!volume->fs || strcmp(volume->fs, "vfat") != 0)
			continue;
		fats++;
		only = volume->uuid;
		if (spec && fstab_names(spec, volume))
			uuid = volume->uuid;
	}
	free(fstab);
	free(spec);
	return uuid ? uuid : fats == 1 ? only : NULL;
}

/* No quoting is needed, and so none can go wrong. */
bool fallback_config_is_plain(const char *text, const char *also)
{
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(also, *text))
			return false;
	return true;
}

static int go_on(const struct convert *convert, const char *place,
		 const char *directory, char **text)
{
	const char *uuid = find_uuid(convert, place);
	const char *inside = directory + strlen(place);
	char *forward = NULL;

	if (!uuid || !fallback_config_is_plain(uuid, "-") ||
	    !fallback_config_is_plain(inside, "/._-"))
		return 1; /* a copy will do */
	if (asprintf(&forward,
		     "# The menu of this system is %s/grub.cfg.\n"
		     "search --no-floppy --fs-uuid --set=root %s\n"
		     "set prefix=($root)%s\n"
		     "configfile $prefix/grub.cfg\n",
		     inside, uuid, inside) < 0)
		return -ENOMEM;
	free(*text);
	*text = forward;
	return 1;
}

int fallback_config_read(const struct convert *convert, const char *place,
			 const char *directory, char **ret_text)
{
	char *path = NULL;
	char *text = NULL;
	int r = esp_path(convert->root, directory, "grub.cfg", &path);

	if (r == 1)
		r = tree_read(convert->root, path, LIMIT, &text);
	else if (r == 0)
		r = -ENOENT;
	free(path);
	if (r < 0)
		return r == -EIO || r == -ENOMEM ? r : 0;
	r = is_menu(text) ? go_on(convert, place, directory, &text) : 1;
	if (r < 0)
		free(text);
	else
		*ret_text = text;
	return r;
}
