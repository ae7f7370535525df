/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_LINE_H
#define LANDER_SOURCE_LINE_H

#include <stddef.h>

#define LINE_WORDS 64

/** line_cut(line, word, ret_count): the words of a line between blanks, in
 *  place and at most LINE_WORDS; where the next line begins. */
char *line_cut(char *line, char *word[LINE_WORDS], size_t *ret_count);

/** line_decode(word): "\040" and the like of proc's tables, in place. */
void line_decode(char *word);

/** line_value(text, key): behind the key that a line begins with, blanks
 *  skipped; NULL when there is none. */
const char *line_value(const char *text, const char *key);

#endif
