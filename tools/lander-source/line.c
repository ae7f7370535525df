/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the kernel's tables.  It reads nothing itself.
 * Source: proc(5), proc_pid_mountinfo(5) on its escapes.
 */
#include "lander-source/line.h"

#include <stdbool.h>

#include "lander-source/text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

char *line_cut(char *line, char *word[LINE_WORDS], size_t *ret_count)
{
	size_t count = 0;

	while (*line && *line != '\n') {
		while (is_blank(*line))
			*line++ = '\0';
		if (!*line || *line == '\n')
			break;
		if (count < LINE_WORDS)
			word[count++] = line;
		while (*line && !is_blank(*line) && *line != '\n')
			line++;
	}
	*ret_count = count;
	if (*line)
		*line++ = '\0';
	return line;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

void line_decode(char *word)
{
	char *to = word;

	while (*word) {
		if (word[0] == '\\' && is_octal(word[1]) && is_octal(word[2]) &&
		    is_octal(word[3])) {
			*to++ = (char)((word[1] - '0') << 6 |
				       (word[2] - '0') << 3 | (word[3] - '0'));
			word += 4;
		} else {
			*to++ = *word++;
		}
	}
	*to = '\0';
}

const char *line_value(const char *text, const char *key)
{
	while (text && *text && !text_begins(text, key)) {
		text = text_find(text, "\n");
		text = text ? text + 1 : NULL;
	}
	if (!text || !*text)
		return NULL;
	while (*key++)
		text++;
	while (is_blank(*text))
		text++;
	return text;
}
