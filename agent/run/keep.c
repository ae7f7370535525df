/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was said, kept for later.  It is bounded: a plan of many disks loses its
 * last lines, and says so.
 */
#include "run/keep.h"

#include <stdio.h>
#include <string.h>

static const char more[] = "(the rest is in the log)";

void keep_begin(struct keep *keep, bool on)
{
	keep->on = on;
	if (!on)
		return;
	keep->length = 0;
	keep->text[0] = '\0';
}

void keep_line(struct keep *keep, const char *line)
{
	size_t length = strlen(line);

	if (!keep->on)
		return;
	if (keep->length + length + sizeof(more) + 2 > sizeof(keep->text)) {
		line = more;
		length = strlen(more);
		keep->on = false;
	}
	memcpy(keep->text + keep->length, line, length);
	keep->length += length;
	keep->text[keep->length++] = '\n';
	keep->text[keep->length] = '\0';
}

bool keep_read(const struct keep *keep, char *buf, size_t room)
{
	if (!keep->length || !room)
		return false;
	(void)snprintf(buf, room, "%.*s", (int)(keep->length - 1), keep->text);
	return true;
}
