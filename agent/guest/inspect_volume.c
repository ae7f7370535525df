/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File systems, and the names that /etc/fstab has for them, as conversion
 * would resolve them.
 */
#include "guest/inspect_volume.h"

#include <stdlib.h>
#include <string.h>

#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/devicename.h"
#include "guest/fstab.h"
#include "guest/inspect.h"
#include "guest/tree.h"

#define FSTAB_LIMIT ((size_t)1 << 20)
#define LINES_MAX   256

json_t *inspect_volume_one(const struct volume *volume)
{
	if (!volume)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "device",
			 inspect_text(volume->device), "fs",
			 inspect_text(volume->fs), "uuid",
			 inspect_text(volume->uuid), "label",
			 inspect_text(volume->label), "partuuid",
			 inspect_text(volume->partuuid), "locked",
			 inspect_text(volume->locked));
}

json_t *inspect_volume_list(const struct convert *convert)
{
	json_t *list = json_array();

	for (size_t i = 0; convert->volumes && i < convert->volumes->count; i++)
		(void)json_array_append_new(
			list, inspect_volume_one(&convert->volumes->volume[i]));
	return list;
}

static json_t *describe(const struct devicename_order *order,
			const struct convert *convert, char *const *field)
{
	const char *spec = field[FSTAB_SPEC];
	struct devicename found = {.verdict = DEVICENAME_NONE};
	json_t *resolves = json_null();

	if (convert->volumes)
		found = devicename_resolve(order, spec, field[FSTAB_TYPE],
					   NULL);
	if (found.volume)
		resolves = json_true();
	else if (found.verdict == DEVICENAME_STABLE ||
		 found.verdict == DEVICENAME_UNKNOWN)
		resolves = json_false();
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "place",
		inspect_text(field[FSTAB_PLACE]), "spec", inspect_text(spec),
		"type", inspect_text(field[FSTAB_TYPE]), "options",
		inspect_text(field[FSTAB_OPTIONS]), "resolves", resolves,
		"renamed", found.verdict == DEVICENAME_MOVED, "device",
		inspect_text(found.volume ? found.volume->device : NULL), "why",
		inspect_text(*found.why ? found.why : NULL));
}

json_t *inspect_volume_mounts(const struct convert *convert)
{
	static const struct volumes none;
	struct devicename_order order = devicename_order_make(
		convert->volumes ? convert->volumes : &none, convert->disks);
	json_t *list = json_array();
	struct fstab_line line;
	char *text = NULL;
	size_t at = 0;

	if (tree_read(convert->root, "/etc/fstab", FSTAB_LIMIT, &text) < 0)
		return list;
	devicename_note_fstab(&order, text, convert->root_volume);
	while (json_array_size(list) < LINES_MAX &&
	       fstab_next(text, &at, &line)) {
		char *field[FSTAB_FIELDS] = {NULL};
		bool whole = true;

		for (int i = 0; i < FSTAB_FIELDS; i++) {
			field[i] =
				fstab_field(text, &line, (enum fstab_column)i);
			whole = whole && field[i];
		}
		if (whole)
			(void)json_array_append_new(
				list, describe(&order, convert, field));
		for (int i = 0; i < FSTAB_FIELDS; i++)
			free(field[i]);
	}
	free(text);
	return list;
}
