/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INI_H
#define LANDER_GUEST_INI_H

#include <stdbool.h>

#include "guest/line.h"

/** Where in a file of [Section] and Key=Value lines one is.  Start with only
 *  at set, to the text.  Source: systemd.syntax(7), nm-settings-keyfile(5). */
struct ini {
	const char *at;
	struct line section; /* its name, empty before the first one */
	struct line line;    /* as it is in the file */
	bool has_key;	     /* of a Key=Value line: */
	struct line key;
	struct line value;
};

/** ini_next(ini): goes to the next line; false at the end. */
bool ini_next(struct ini *ini);

/** ini_is(ini, section, key): this line sets that; case matters. */
bool ini_is(const struct ini *ini, const char *section, const char *key);

#endif
