/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text of a source's answer is made fit for a console.  What is too long is
 * cut, never refused.
 */
#include "source/answer_text.h"

#include <string.h>

#include "base/parse.h"

void answer_text(const json_t *json, const char *key, char *ret, size_t room)
{
	const char *text = json_string_value(json_object_get(json, key));
	size_t length = text ? strlen(text) : 0;

	if (length >= room)
		length = room - 1;
	memcpy(ret, text ? text : "", length);
	ret[length] = '\0';
	parse_make_printable(ret);
}
