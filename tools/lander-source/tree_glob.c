/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of single names.  The agent decides what is left out, and asks with
 * patterns that mean the same here and there; in doubt a name does not match,
 * and the agent leaves it out itself.
 * Source: fnmatch(3).
 */
#include "lander-source/tree_glob.h"

#include <stddef.h>

#include "lander-source/text.h"

static bool is_ascii(const char *name)
{
	while (*name && (unsigned char)*name < 128)
		name++;
	return !*name;
}

/* Whether c is one of "a-z_]", behind its "["; *ret_end: behind its "]", NULL:
 * it has none. */
static bool is_one_of(const char *at, char c, const char **ret_end)
{
	bool other = *at == '!' || *at == '^';
	bool found = false;

	*ret_end = NULL;
	for (at += other; *at && *at != ']'; at++) {
		char low = *at;
		char high = low;

		if (at[1] == '-' && at[2] && at[2] != ']') {
			high = at[2];
			at += 2;
		}
		found = found || (low <= c && c <= high);
	}
	if (*at)
		*ret_end = at + 1;
	return *at && found != other;
}

/* One character of the name by one step of the pattern; what follows that, or
 * NULL. */
static const char *step(const char *pattern, char c)
{
	const char *end;

	if (*pattern == '?')
		return pattern + 1;
	if (*pattern == '[')
		return is_one_of(pattern + 1, c, &end) ? end : NULL;
	return *pattern == c ? pattern + 1 : NULL;
}

bool tree_glob_match(const char *pattern, const char *name)
{
	const char *star = NULL; /* behind the last one */
	const char *from = NULL; /* … where it has taken the name to */

	if (!is_ascii(name))
		return text_equal(pattern, name);
	while (*name) {
		const char *next;

		if (*pattern == '*') {
			star = ++pattern;
			from = name;
			continue;
		}
		next = step(pattern, *name);
		if (next) {
			pattern = next;
			name++;
			continue;
		}
		/* The last star takes one more. */
		if (!star)
			return false;
		pattern = star;
		name = ++from;
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
