/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udev's rules that name NICs by their MACs.  Rules of another form are not
 * understood and say nothing here.
 */
#include "guest/persistent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/interface.h"
#include "guest/line.h"
#include "guest/netfile.h"

/* NAME="…" gives a name; ENV{X_NAME}="…" does not. */
static bool starts_word(const char *rule, const char *at, char first)
{
	return first != 'N' || at == rule || strchr(" ,\t", *(at - 1));
}

/* What follows that sign, up to the next quote. */
static bool quoted(const char *rule, const char *sign, char *to, size_t room)
{
	const char *at = strstr(rule, sign);
	size_t length;

	while (at && !starts_word(rule, at, *sign))
		at = strstr(at + 1, sign);
	if (!at)
		return false;
	at += strlen(sign);
	length = strcspn(at, "\"");
	if (length >= room)
		return false;
	(void)snprintf(to, room, "%.*s", (int)length, at);
	return true;
}

void persistent_read(const struct netfile *file, struct interfaces *list)
{
	const char *at = file->text;
	struct line line;

	while (line_next(&at, &line)) {
		char name[INTERFACE_NAME];
		char text[MAC_TEXT];
		struct line rule = line_trim(line);
		char *copy = line_copy(&rule);
		struct mac mac;

		if (copy && *copy != '#' &&
		    quoted(copy, "address}==\"", text, sizeof(text)) &&
		    (quoted(copy, "NAME=\"", name, sizeof(name)) ||
		     quoted(copy, "NAME:=\"", name, sizeof(name))) &&
		    mac_parse(text, &mac))
			interface_tie(list, name, &mac, false);
		free(copy);
	}
}
