/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which program in an EFI System Partition starts its system.  Looks only; a
 * damaged or endless directory is given up, not followed.
 */
#include "boot/loader.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 4096

/* "*" stands for one directory; FAT knows no case. */
static const char *const places[] = {
	"EFI/BOOT/BOOTX64.EFI",
	"EFI/Microsoft/Boot/bootmgfw.efi",
	"EFI/*/shimx64.efi",
	"EFI/*/grubx64.efi",
	"EFI/systemd/systemd-bootx64.efi",
};

/* The first name in directory that matches, by the alphabet; NULL for none. */
static char *find_name(const char *directory, const char *pattern)
{
	struct dirent *entry;
	char *best = NULL;
	DIR *dir = opendir(directory);

	for (int i = 0; dir && i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		if (entry->d_name[0] == '.' ||
		    fnmatch(pattern, entry->d_name, FNM_CASEFOLD) != 0 ||
		    strchr(entry->d_name, '\\') ||
		    (best && strcmp(entry->d_name, best) >= 0))
			continue;
		free(best);
		best = strdup(entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
	return best;
}

static bool is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* Every directory that matches "*" may hold it: tried one after the other. */
static char *find_in(const char *at, const char *place);

static char *find_any(const char *at, const char *rest)
{
	struct dirent *entry;
	char *best = NULL;
	DIR *dir = opendir(at);

	for (int i = 0; dir && i < ENTRIES_MAX && (entry = readdir(dir)); i++) {
		char *below = NULL;
		char *found;

		if (entry->d_name[0] == '.' || strchr(entry->d_name, '\\') ||
		    asprintf(&below, "%s/%s", at, entry->d_name) < 0)
			continue;
		found = find_in(below, rest);
		free(below);
		if (found && (!best || strcmp(found, best) < 0)) {
			free(best);
			best = found;
		} else {
			free(found);
		}
	}
	if (dir)
		(void)closedir(dir);
	return best;
}

/* place below at; the whole path, or NULL. */
static char *find_in(const char *at, const char *place)
{
	const char *slash = strchr(place, '/');
	char part[64];
	char *name;
	char *below = NULL;
	char *found = NULL;

	(void)snprintf(part, sizeof(part), "%.*s",
		       (int)(slash ? slash - place : (ptrdiff_t)strlen(place)),
		       place);
	if (slash && !strcmp(part, "*"))
		return find_any(at, slash + 1);
	name = find_name(at, part);
	if (!name)
		return NULL;
	if (asprintf(&below, "%s/%s", at, name) < 0)
		below = NULL;
	free(name);
	if (below && slash)
		found = find_in(below, slash + 1);
	else if (below && is_file(below))
		return below;
	free(below);
	return found;
}

/* Of this directory, or of one of the directories; the whole path. */
static char *find_vendors(const char *esp, char *const *vendors)
{
	static const char *const names[] = {"shimx64.efi", "shim.efi",
					    "grubx64.efi", "grub.efi"};

	/* A GRUB of the right system before a shim of a like one. */
	for (; vendors && *vendors; vendors++)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			char *place = NULL;
			char *path = NULL;

			if (asprintf(&place, "EFI/%s/%s", *vendors, names[i]) <
			    0)
				return NULL;
			path = find_in(esp, place);
			free(place);
			if (path)
				return path;
		}
	return NULL;
}

char *loader_find(const char *esp, char *const *vendors)
{
	size_t count = sizeof(places) / sizeof(*places);
	char *path = find_vendors(esp, vendors);
	char *loader;

	for (size_t i = 0; !path && i < count; i++)
		path = find_in(esp, places[i]);
	loader = path ? strdup(path + strlen(esp)) : NULL;
	free(path);
	for (char *at = loader; at && *at; at++)
		if (*at == '/')
			*at = '\\';
	return loader;
}
