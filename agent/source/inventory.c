/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source machine says of itself.  It is taken for a claim: names that
 * no disk of Linux has are refused.
 */
#include "source/inventory.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "source/wire.h"

#define SHOWN 16U

#define NAME_LETTERS                                                   \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567" \
	"89!_-"

bool inventory_is_name(const char *name)
{
	size_t length = name ? strlen(name) : 0;

	return length && length < 64 && strspn(name, NAME_LETTERS) == length;
}

static bool is_wanted(const json_t *disk)
{
	return inventory_is_name(
		       json_string_value(json_object_get(disk, "name"))) &&
	       !json_is_true(json_object_get(disk, "removable"));
}

static void describe(FILE *out, const json_t *disk)
{
	const char *serial = json_string_value(json_object_get(disk, "serial"));
	const json_t *bytes = json_object_get(disk, "size");
	char size[32];

	(void)fprintf(out, "%s (%s",
		      json_string_value(json_object_get(disk, "name")),
		      parse_format_size((uint64_t)json_integer_value(bytes),
					size, sizeof(size)));
	if (serial && *serial)
		(void)fprintf(out, ", serial %.64s", serial);
	(void)fputc(')', out);
}

char *inventory_words(const uint8_t *text, size_t length)
{
	json_t *facts = json_loadb((const char *)text, length, 0, NULL);
	const json_t *disks = json_object_get(facts, "disks");
	char *words = NULL;
	size_t room = 0;
	FILE *out = open_memstream(&words, &room);
	size_t shown = 0;

	for (size_t i = 0; out && i < json_array_size(disks); i++) {
		const json_t *disk = json_array_get(disks, i);

		if (!is_wanted(disk) || ++shown > SHOWN)
			continue;
		(void)fputs(shown > 1 ? ", " : "", out);
		describe(out, disk);
	}
	if (out && shown > SHOWN)
		(void)fprintf(out, " and %zu more", shown - SHOWN);
	json_decref(facts);
	if (!out || fclose(out) != 0) {
		free(words);
		return NULL;
	}
	parse_make_printable(words);
	return words;
}

static int take_names(const json_t *disks, char ***ret_names,
		      struct error **err)
{
	size_t count = json_array_size(disks);
	char **names = calloc(count + 1, sizeof(*names));
	size_t used = 0;

	if (!names)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const json_t *disk = json_array_get(disks, i);

		if (!is_wanted(disk))
			continue;
		names[used] = strdup(
			json_string_value(json_object_get(disk, "name")));
		if (!names[used++]) {
			parse_free_list(names);
			return error_memory(err);
		}
	}
	*ret_names = names;
	return 0;
}

int inventory_disks(const char *name, const uint8_t *text, size_t length,
		    char ***ret_names, struct error **err)
{
	json_t *facts = json_loadb((const char *)text, length, 0, NULL);
	char **names = NULL;
	int r;

	if (!json_is_object(facts)) {
		json_decref(facts);
		return error_set(err, ERROR_SOURCE, 0,
				 "%s: what it says of itself is not JSON",
				 name);
	}
	r = take_names(json_object_get(facts, "disks"), &names, err);
	json_decref(facts);
	if (r < 0)
		return r;
	if (!names[0]) {
		parse_free_list(names);
		return error_set(err, ERROR_SOURCE, 0,
				 "%s has no disk that could be copied", name);
	}
	*ret_names = names;
	return 0;
}
