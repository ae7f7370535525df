/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Collects what is wrong with the words, so that one boot shows all of it.
 * It decides nothing and repairs nothing.
 */
#include "network/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "network/words.h"

const char *problems_clean(const char *text, char *buf, size_t room)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < room && i <= length; i++) {
		unsigned char c = (unsigned char)text[i];

		buf[i] = (char)(c && (c < ' ' || c > '~') ? '?' : c);
	}
	if (length >= room)
		(void)snprintf(buf + room - 4, 4, "...");
	return buf;
}

bool problems_add(struct problems *problems, const struct word *word,
		  const char *fmt, ...)
{
	char name[96];
	char raw[1024];
	char *line;
	char word_text[160];
	va_list ap;
	int used;

	if (problems->count++ >= PROBLEMS_SHOWN)
		return false;
	line = problems->line[problems->count - 1];
	va_start(ap, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	(void)snprintf(word_text, sizeof(word_text), "%s=%s", word->key,
		       word->value);
	problems_clean(word_text, name, sizeof(name));
	used = snprintf(line, sizeof(problems->line[0]), "%s: ", name);
	problems_clean(raw, line + used,
		       sizeof(problems->line[0]) - (size_t)used);
	return false;
}

int problems_error(const struct problems *problems, struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out;
	int r;

	if (!problems->count)
		return 0;
	out = open_memstream(&text, &length);
	if (!out)
		return error_memory(err);
	for (size_t i = 0; i < problems->count && i < PROBLEMS_SHOWN; i++)
		fprintf(out, "%s%s", i ? "; " : "", problems->line[i]);
	if (problems->count > PROBLEMS_SHOWN)
		fprintf(out, "; and %zu more",
			problems->count - PROBLEMS_SHOWN);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	r = error_set(err, ERROR_CONFIG, 0, "%s", text);
	free(text);
	return r;
}
