/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel command line as words, a word's value as fields.  It knows no
 * key; what a field may hold is the business of the room that reads it.
 */
#include "network/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Blanks, newlines and every other control character end a word. */
static bool is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

/* Copies one word without its quotes; returns where the next may begin. */
static const char *copy_word(const char *from, char *to)
{
	bool quoted = false;

	for (; *from && (quoted || !is_blank(*from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*to = '\0';
	return from;
}

int words_split(const char *cmdline, struct words *ret, struct error **err)
{
	size_t length = strlen(cmdline);
	struct words words = {0};
	char *at;

	/* Each word takes its own length and a zero; none is empty. */
	words.text = malloc(length + 2);
	words.word = calloc(length / 2 + 1, sizeof(*words.word));
	if (!words.text || !words.word) {
		words_done(&words);
		return error_memory(err);
	}
	at = words.text;
	for (;;) {
		char *equal;

		while (*cmdline && is_blank(*cmdline))
			cmdline++;
		if (!*cmdline)
			break;
		cmdline = copy_word(cmdline, at);
		if (!*at)
			continue;
		words.word[words.count].key = at;
		equal = strchr(at, '=');
		words.word[words.count++].value = equal ? equal + 1 : "";
		at += strlen(at) + 1;
		if (equal)
			*equal = '\0';
	}
	*ret = words;
	return 0;
}

void words_done(struct words *words)
{
	free(words->text);
	free(words->word);
	*words = (struct words){0};
}

int words_fields(const char *value, char separator, struct fields *ret,
		 struct error **err)
{
	struct fields fields = {0};
	bool inside = false;
	bool good = true;

	fields.text = strdup(value);
	if (!fields.text)
		return error_memory(err);
	fields.field[fields.count++] = fields.text;
	for (char *at = fields.text; *at && good; at++) {
		if (*at == '[' || *at == ']') {
			good = inside == (*at == ']');
			inside = !inside;
		} else if (*at == separator && !inside) {
			*at = '\0';
			good = fields.count < WORDS_FIELDS;
			if (good)
				fields.field[fields.count++] = at + 1;
		}
	}
	if (!good || inside) {
		words_fields_done(&fields);
		return 1;
	}
	*ret = fields;
	return 0;
}

void words_fields_done(struct fields *fields)
{
	free(fields->text);
	*fields = (struct fields){0};
}
