/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LINE_H
#define LANDER_GUEST_LINE_H

#include <stdbool.h>
#include <stddef.h>

/** One line of a text, without its newline; not ended by a zero byte. */
struct line {
	const char *text;
	size_t length;
	bool ended; /* a newline follows */
};

/** line_next(at, ret): the line at *at, which moves behind it; false at the
 *  end of the text. */
bool line_next(const char **at, struct line *ret);

/** line_words(line): the words between blanks, NULL at the end; quotes
 *  are not understood.  To line_free_words(); NULL when there is no memory. */
char **line_words(const struct line *line);
void line_free_words(char **words);

/** line_value(line, separator, ret_key, ret_value): the line is KEY, the
 *  separator and a value; blanks around both, and quotes around the value, are
 *  not part of them.  False for a comment (# or ;), an empty line, or one
 *  without it.  What both point to is a part of the line. */
bool line_value(const struct line *line, char separator, struct line *ret_key,
		struct line *ret_value);

/** line_is(line, text): it is this text; case matters. */
bool line_is(const struct line *line, const char *text);

/** line_copy(line): as a string, to free(). */
char *line_copy(const struct line *line);

/** line_trim(line): without the blanks at both ends. */
struct line line_trim(struct line line);

#endif
