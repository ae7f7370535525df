/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of a GRUB script, taken apart: quotes, escapes, and which words hold
 * a variable.  It expands nothing.
 */
#include "guest/grub_word.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 512

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_command(char c)
{
	return c == '\n' || c == ';' || c == '{' || c == '}' || c == '|' ||
	       c == '&';
}

/* "$name" or "${name}" and nothing else. */
static bool is_variable(const char *text)
{
	size_t i = 1;
	bool braces = text[1] == '{';

	i += braces;
	while (isalnum((unsigned char)text[i]) || text[i] == '_')
		i++;
	if (braces)
		i += text[i] == '}' ? 1 : strlen(text + i) + 1;
	return text[0] == '$' && i > 1 && i == strlen(text);
}

/* Reads one word at *at into into; *ret_variable when it holds a variable. */
static int read_word(const char **at, const char *end, char *into,
		     bool *ret_variable)
{
	char quote = '\0';
	const char *p = *at;

	for (; p < end; p++) {
		bool braced = !quote && *p == '{' && p > *at && p[-1] == '$';

		if (*p == '\n')
			break;
		if (quote ? *p == quote : *p == '"' || *p == '\'') {
			quote = quote ? '\0' : *p;
			continue;
		}
		if (*p == '\\' && quote != '\'') {
			if (p + 1 == end || p[1] == '\n')
				return -EINVAL;
			*into++ = *++p;
			continue;
		}
		*ret_variable |= *p == '$' && quote != '\'';
		if (braced) {
			/* The name of a variable up to its brace. */
			while (p < end && *p != '}' && *p != '\n')
				*into++ = *p++;
			if (p == end || *p == '\n')
				return -EINVAL;
		} else if (!quote && (ends_word(*p) || ends_command(*p))) {
			break;
		}
		*into++ = *p;
	}
	*into = '\0';
	*at = p;
	return quote ? -EINVAL : 0;
}

static int add(struct grub_words *words, char *text, bool variable)
{
	struct grub_word *grown = NULL;

	if (words->count == WORDS_MAX)
		return -EINVAL;
	grown = reallocarray(words->word, words->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	words->word = grown;
	grown[words->count++] = (struct grub_word){
		text, !variable		  ? GRUB_WORD_PLAIN
		      : is_variable(text) ? GRUB_WORD_VARIABLE
					  : GRUB_WORD_MIXED};
	return 0;
}

int grub_words_read(const char *line, size_t length,
		    struct grub_words *ret_words)
{
	struct grub_words words = {0};
	const char *end = line + length;
	const char *at = line;
	int r = 0;

	while (r == 0) {
		bool variable = false;
		char *text = NULL;

		while (at < end && ends_word(*at))
			at++;
		if (at >= end || *at == '#' || ends_command(*at))
			break;
		text = malloc((size_t)(end - at) + 1);
		r = text ? read_word(&at, end, text, &variable) : -ENOMEM;
		if (r == 0)
			r = add(&words, text, variable);
		if (r < 0)
			free(text);
	}
	if (r < 0)
		grub_words_done(&words);
	else
		*ret_words = words;
	return r;
}

void grub_words_done(struct grub_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->word[i].text);
	free(words->word);
	*words = (struct grub_words){0};
}
