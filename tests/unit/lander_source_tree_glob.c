/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns of names mean what fnmatch(3) takes them for. */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lander-source/tree_glob.h"

#define ROUNDS 400000

static void compare(const char *pattern, const char *name)
{
	bool is = tree_glob_match(pattern, name);

	if (is != (fnmatch(pattern, name, FNM_NOESCAPE) == 0))
		fail_msg("'%s' and '%s': %d", pattern, name, is);
}

static void patterns_match(void **state)
{
	static const char *const pattern[] = {
		"core", "*",	  "*.log",  "?",	"a?c",	 "[a-c]*",
		"[!a]", "[^a]b",  "[[]x",   "[*]",	"*a*a*", "**",
		"a*",	"[ab-d]", "*[0-9]", ".*",	"[?]",	 "*b?",
		"[a]",	"",	  "x[]",    "B\xc3\xbc"};
	static const char *const name[] = {
		"core", "corea", ".core", "a.log", "log",  "abc",      "a",
		"b",	"c",	 "[x",	  "*",	   "aXaY", "aa",       "d",
		"x9",	"9x",	 "?",	  "[a]",   "x[]",  "B\xc3\xbc"};

	(void)state;
	for (size_t i = 0; i < sizeof(pattern) / sizeof(*pattern); i++)
		for (size_t k = 0; k < sizeof(name) / sizeof(*name); k++)
			if (strcmp(pattern[i], "x[]") != 0 &&
			    (*name[k] != 'B' || !strpbrk(pattern[i], "*?[")))
				compare(pattern[i], name[k]);
	/* What is no pattern by this room's words matches nothing. */
	assert_false(tree_glob_match("x[]", "x"));
	/* Characters are not known here: the agent sees to these. */
	assert_false(tree_glob_match("*", "B\xc3\xbc"
					  "cher"));
	assert_false(tree_glob_match("B?", "B\xfc"));
	assert_true(tree_glob_match("B\xfc", "B\xfc"));
}

static void noise_matches_as_there(void **state)
{
	static const char *const piece[] = {"*", "?", "[ab]", "[a-c]", "[!b]",
					    "a", "b", "c",    "[*]",   "."};
	unsigned int matched = 0;

	(void)state;
	srandom(99);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		char pattern[64] = "";
		char name[16] = "";
		size_t length = (size_t)random() % 9;

		for (long n = random() % 7; n >= 0; n--)
			strcat(pattern, piece[(size_t)random() % 10]);
		for (size_t k = 0; k < length; k++)
			name[k] = "abc.*"[(size_t)random() % 5];
		compare(pattern, name);
		matched += tree_glob_match(pattern, name);
	}
	assert_true(matched > ROUNDS / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(noise_matches_as_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
