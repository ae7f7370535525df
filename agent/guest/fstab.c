/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which file system a system keeps /boot or /var/log on, by its own fstab.
 * It guesses nothing: a name that another machine gives to another disk is
 * taken for none.
 */
#include "guest/fstab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"

/* Cuts the next blank-separated word off *at; NULL at the end of the line. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " \t");
	char *end = word + strcspn(word, " \t");

	if (!*word)
		return NULL;
	*at = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static bool has_option(const char *options, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = options; *at;) {
		size_t word = strcspn(at, ",");

		if (word >= length && !strncmp(at, name, length) &&
		    (word == length || at[length] == '='))
			return true;
		at += word;
		at += *at == ',';
	}
	return false;
}

static bool is_own(const char *options)
{
	return !options ||
	       (!has_option(options, "bind") && !has_option(options, "rbind") &&
		!has_option(options, "noauto") &&
		!has_option(options, "subvol") &&
		!has_option(options, "subvolid"));
}

bool fstab_find(const char *text, const char *place, char **ret_spec)
{
	char *copy = strdup(text);
	char *save = NULL;
	bool found = false;

	for (char *line = copy ? strtok_r(copy, "\r\n", &save) : NULL;
	     line && !found; line = strtok_r(NULL, "\r\n", &save)) {
		char *spec = next_word(&line);
		char *file = spec && *spec != '#' ? next_word(&line) : NULL;
		char *type = file ? next_word(&line) : NULL;
		char *options = type ? next_word(&line) : NULL;

		if (!type || strcmp(file, place) != 0 || !is_own(options))
			continue;
		*ret_spec = strdup(spec);
		found = *ret_spec != NULL;
	}
	free(copy);
	return found;
}

/* The value after a prefix, without the quotes that fstab allows. */
static bool is_value(const char *spec, const char *prefix, const char *value)
{
	size_t length = strlen(prefix);
	size_t inner;

	if (!value || strncmp(spec, prefix, length) != 0)
		return false;
	spec += length;
	inner = strlen(spec);
	if (inner > 1 && *spec == '"' && spec[inner - 1] == '"') {
		spec++;
		inner -= 2;
	}
	return strlen(value) == inner && !strncmp(spec, value, inner);
}

/* "/dev/vg-0/root" is "/dev/mapper/vg--0-root": lvm(8). */
static bool is_logical(const char *spec, const char *device)
{
	static const char mapper[] = "/dev/mapper/";
	char name[256];
	size_t used = 0;
	bool inside = false; /* past the group's name */

	if (strncmp(device, mapper, strlen(mapper)) != 0)
		return false;
	if (!strcmp(spec, device))
		return true;
	if (strncmp(spec, "/dev/", 5) != 0)
		return false;
	for (const char *at = spec + 5; *at && used + 2 < sizeof(name); at++) {
		if (*at == '/' && inside)
			return false;
		inside = inside || *at == '/';
		name[used++] = *at == '/' ? '-' : *at;
		if (*at == '-')
			name[used++] = '-';
	}
	name[used] = '\0';
	return inside && !strcmp(name, device + strlen(mapper));
}

bool fstab_names(const char *spec, const struct volume *volume)
{
	return is_value(spec, "UUID=", volume->uuid) ||
	       is_value(spec, "LABEL=", volume->label) ||
	       is_value(spec, "/dev/disk/by-uuid/", volume->uuid) ||
	       is_value(spec, "/dev/disk/by-label/", volume->label) ||
	       is_logical(spec, volume->device);
}
