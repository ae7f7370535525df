/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of fstab and crypttab, and which file system a system keeps /boot or
 * /var/log on.  It guesses nothing: a name that another machine gives to
 * another disk is taken for none.
 */
#include "guest/fstab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "disk/volume.h"

bool fstab_next(const char *text, size_t *at, struct fstab_line *ret_line)
{
	struct fstab_line line = {0};

	while (text[*at] && !line.fields) {
		size_t i = *at + strspn(text + *at, " \t");
		size_t end = *at + strcspn(text + *at, "\n");

		while (i < end && text[i] != '#' &&
		       line.fields < FSTAB_FIELDS) {
			size_t length = strcspn(text + i, " \t\r\n");

			if (length) {
				line.at[line.fields] = i;
				line.length[line.fields++] = length;
			}
			i += length;
			i += strspn(text + i, " \t\r");
		}
		*at = end + (text[end] == '\n');
	}
	*ret_line = line;
	return line.fields > 0;
}

static bool is_octal(const char *at, size_t left)
{
	return left >= 4 && at[0] == '\\' && at[1] >= '0' && at[1] <= '3' &&
	       at[2] >= '0' && at[2] <= '7' && at[3] >= '0' && at[3] <= '7';
}

char *fstab_field(const char *text, const struct fstab_line *line,
		  enum fstab_column column)
{
	size_t length = column < line->fields ? line->length[column] : 0;
	char *field = malloc(length + 1);
	size_t used = 0;

	for (size_t i = 0; field && i < length; i++) {
		const char *from = text + line->at[column] + i;

		if (is_octal(from, length - i)) {
			field[used++] =
				(char)((from[1] - '0') * 64 +
				       (from[2] - '0') * 8 + from[3] - '0');
			i += 3;
		} else {
			field[used++] = *from;
		}
	}
	if (field)
		field[used] = '\0';
	return field;
}

bool fstab_read_entry(const char *text, const struct fstab_line *line,
		      struct fstab_entry *ret)
{
	ret->line = line;
	ret->spec = fstab_field(text, line, FSTAB_SPEC);
	ret->place = fstab_field(text, line, FSTAB_PLACE);
	ret->type = fstab_field(text, line, FSTAB_TYPE);
	ret->options = fstab_field(text, line, FSTAB_OPTIONS);
	return ret->spec && ret->place && ret->type && ret->options;
}

void fstab_free_entry(struct fstab_entry *entry)
{
	free(entry->spec);
	free(entry->place);
	free(entry->type);
	free(entry->options);
	*entry = (struct fstab_entry){0};
}

int fstab_each(const char *text, fstab_act *act, void *owner,
	       struct error **err)
{
	struct fstab_line line;
	size_t at = 0;
	int r = 0;

	while (r == 0 && fstab_next(text, &at, &line)) {
		struct fstab_entry entry = {0};

		if (!fstab_read_entry(text, &line, &entry))
			r = error_memory(err);
		else if (line.fields > FSTAB_PLACE)
			r = act(owner, &entry, err);
		fstab_free_entry(&entry);
	}
	return r;
}

bool fstab_has(const char *options, const char *name)
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
	return !fstab_has(options, "bind") && !fstab_has(options, "rbind") &&
	       !fstab_has(options, "noauto");
}

bool fstab_mount(const char *text, const char *place, char **ret_spec,
		 char **ret_options)
{
	struct fstab_line line;
	size_t at = 0;
	bool found = false;

	while (!found && fstab_next(text, &at, &line)) {
		char *file = fstab_field(text, &line, FSTAB_PLACE);
		char *options = fstab_field(text, &line, FSTAB_OPTIONS);

		if (line.fields > FSTAB_TYPE && file && options &&
		    !strcmp(file, place) && is_own(options)) {
			*ret_spec = fstab_field(text, &line, FSTAB_SPEC);
			found = *ret_spec != NULL;
		}
		free(file);
		if (found)
			*ret_options = options;
		else
			free(options);
	}
	return found;
}

bool fstab_find(const char *text, const char *place, char **ret_spec)
{
	char *options = NULL;
	char *spec = NULL;
	bool found = fstab_mount(text, place, &spec, &options);

	if (found &&
	    (fstab_has(options, "subvol") || fstab_has(options, "subvolid"))) {
		free(spec);
		found = false;
	}
	free(options);
	if (found)
		*ret_spec = spec;
	return found;
}

char *fstab_value(const char *options, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = options; *at;) {
		size_t word = strcspn(at, ",");

		if (word > length && !strncmp(at, name, length) &&
		    at[length] == '=')
			return strndup(at + length + 1, word - length - 1);
		at += word;
		at += *at == ',';
	}
	return NULL;
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
	return inner && strlen(value) == inner && !strncmp(spec, value, inner);
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

/* The kernel takes a PARTUUID in capitals, too. */
static bool is_part(const char *spec, const char *prefix, const char *value)
{
	return value && *value && !strncmp(spec, prefix, strlen(prefix)) &&
	       !strcasecmp(spec + strlen(prefix), value);
}

/* A name that the system gives itself: guest/alias. */
static bool is_alias(const char *spec, const struct volume *volume)
{
	for (size_t i = 0; volume->alias && volume->alias[i]; i++)
		if (!strcmp(volume->alias[i], spec))
			return true;
	return false;
}

/* How this machine calls an array or what it opened says nothing there. */
static bool is_named_here(const struct volume *volume)
{
	return volume->kind == VOLUME_PLAIN || volume->kind == VOLUME_LOGICAL;
}

bool fstab_names(const char *spec, const struct volume *volume)
{
	return is_value(spec, "UUID=", volume->uuid) ||
	       is_value(spec, "LABEL=", volume->label) ||
	       is_value(spec, "/dev/disk/by-uuid/", volume->uuid) ||
	       is_value(spec, "/dev/disk/by-label/", volume->label) ||
	       is_part(spec, "PARTUUID=", volume->partuuid) ||
	       is_part(spec, "/dev/disk/by-partuuid/", volume->partuuid) ||
	       is_alias(spec, volume) ||
	       (is_named_here(volume) && is_logical(spec, volume->device));
}
