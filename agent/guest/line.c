/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the small text files that configure a system.  It only points into
 * the text: whoever edits a value puts everything else back as it was.
 */
#include "guest/line.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r\f\v"

static bool is_blank(char byte)
{
	return byte && strchr(BLANKS, byte);
}

bool line_next(const char **at, struct line *ret)
{
	const char *end;

	if (!**at)
		return false;
	end = strchrnul(*at, '\n');
	*ret = (struct line){.text = *at,
			     .length = (size_t)(end - *at),
			     .ended = *end == '\n'};
	*at = *end ? end + 1 : end;
	return true;
}

struct line line_trim(struct line line)
{
	while (line.length && is_blank(line.text[0])) {
		line.text++;
		line.length--;
	}
	while (line.length && is_blank(line.text[line.length - 1]))
		line.length--;
	return line;
}

static struct line without_quotes(struct line line)
{
	if (line.length >= 2 && (*line.text == '"' || *line.text == '\'') &&
	    line.text[line.length - 1] == *line.text) {
		line.text++;
		line.length -= 2;
	}
	return line;
}

bool line_value(const struct line *line, char separator, struct line *ret_key,
		struct line *ret_value)
{
	struct line whole = line_trim(*line);
	const char *at = memchr(whole.text, separator, whole.length);

	if (!whole.length || *whole.text == '#' || *whole.text == ';' || !at)
		return false;
	*ret_key = line_trim((struct line){
		.text = whole.text, .length = (size_t)(at - whole.text)});
	*ret_value = without_quotes(line_trim((struct line){
		.text = at + 1,
		.length = whole.length - (size_t)(at + 1 - whole.text)}));
	return ret_key->length > 0;
}

bool line_is(const struct line *line, const char *text)
{
	return line->length == strlen(text) &&
	       memcmp(line->text, text, line->length) == 0;
}

char *line_copy(const struct line *line)
{
	return strndup(line->text, line->length);
}

char **line_words(const struct line *line)
{
	char **words = calloc(line->length / 2 + 2, sizeof(*words));
	char *copy = line_copy(line);
	char *state = NULL;
	size_t count = 0;
	bool whole = words && copy;

	if (copy)
		for (char *word = strtok_r(copy, BLANKS, &state); whole && word;
		     word = strtok_r(NULL, BLANKS, &state)) {
			words[count] = strdup(word);
			whole = words[count++] != NULL;
		}
	free(copy);
	if (!whole) {
		line_free_words(words);
		return NULL;
	}
	return words;
}

void line_free_words(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}
