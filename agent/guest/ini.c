/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Walks through systemd's and NetworkManager's files line by line.  A value
 * that goes on in the next line (a backslash) is taken for its first line.
 */
#include "guest/ini.h"

#include <string.h>

bool ini_next(struct ini *ini)
{
	struct line trimmed;

	if (!ini->section.text)
		ini->section = (struct line){.text = ini->at};
	if (!line_next(&ini->at, &ini->line))
		return false;
	trimmed = line_trim(ini->line);
	ini->has_key = false;
	if (trimmed.length >= 2 && *trimmed.text == '[' &&
	    trimmed.text[trimmed.length - 1] == ']')
		ini->section = (struct line){.text = trimmed.text + 1,
					     .length = trimmed.length - 2};
	else
		ini->has_key =
			line_value(&ini->line, '=', &ini->key, &ini->value);
	return true;
}

bool ini_is(const struct ini *ini, const char *section, const char *key)
{
	return ini->has_key && line_is(&ini->section, section) &&
	       line_is(&ini->key, key);
}
