/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is left out: each pattern with what it means and what it does not.
 */
#include "files/files_glob.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/error.h"

static void patterns_match(void **state)
{
	static const struct {
		const char *pattern;
		const char *path;
		bool matches;
	} each[] = {
		{"/srv/backup", "/srv/backup", true},
		{"/srv/backup", "/srv/backup2", false},
		{"/srv/backup", "/srv", false},
		{"/srv/backup", "/home/srv/backup", false},
		{"/var/tmp/", "/var/tmp", false},
		{"/var/tmp/", "/var/tmp/x", true},
		{"/var/tmp/", "/var/tmpx", false},
		{"core", "/home/me/core", true},
		{"core", "/core", true},
		{"core", "/home/core.c", false},
		{"*.log", "/var/log/a.log", true},
		{"*.log", "/var/a.log/x", false},
		{"/var/*/x", "/var/a/x", true},
		{"/var/*/x", "/var/a/b/x", false},
		{"/var/**/x", "/var/a/b/x", true},
		{"/var/**/x", "/var/x", true},
		{"/var/**/x", "/var/a/b/y", false},
		{"/var/**", "/var/a", true},
		{"/home/?/[a-c]*", "/home/u/beta", true},
		{"/home/?/[a-c]*", "/home/u/delta", false},
		{"/home/.*", "/home/.cache", true},
		{"/*", "/anything", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
		bool matches = files_glob_match(each[i].pattern, each[i].path);

		if (matches != each[i].matches)
			fail_msg("'%s' and '%s'", each[i].pattern,
				 each[i].path);
	}
}

static void paths_are_the_systems(void **state)
{
	char *given[] = {(char *)(uintptr_t)"/var/lib/x", NULL};
	struct files_globs root = {given, "/", NULL};
	struct files_globs var = {given, "/var", NULL};
	struct files_globs none = {NULL, "/", NULL};

	(void)state;
	assert_true(files_glob_out(&root, "var/lib/x"));
	assert_true(files_glob_out(&var, "lib/x"));
	assert_false(files_glob_out(&var, "var/lib/x"));
	assert_false(files_glob_out(&none, "var/lib/x"));
	/* What no copy has: but the directories stay. */
	assert_true(files_glob_out(&none, "proc/1"));
	assert_false(files_glob_out(&none, "proc"));
	assert_true(files_glob_out(&var, "cache/apt/archives/a_1.deb"));
	assert_false(files_glob_out(&var, "cache/apt/archives/lock"));
	assert_false(files_glob_out(&none, "dev/null"));
	/* Where to look before fetching. */
	assert_true(files_glob_in(&root, "var/lib"));
	assert_false(files_glob_in(&root, "var/log"));
	assert_true(files_glob_in(&var, "lib"));
	assert_false(files_glob_in(&root, ""));
}

/* Whether these patterns of names say it. */
static bool is_named(const char *names, size_t length, const char *name)
{
	for (size_t at = 0; at < length; at += strlen(names + at) + 1)
		if (fnmatch(names + at, name, FNM_NOESCAPE) == 0)
			return true;
	return false;
}

/* What is asked to be left alone in a directory is what is left out there. */
static void names_are_those_of_the_directory(void **state)
{
	static const char *const own[] = {"/srv/data", NULL};
	static const char *const directory[] = {
		"",	     "proc",	   "var",	    "var/tmp",
		"var/tmp/a", "home",	   "home/u",	    "srv",
		"srv/data",  "srv/data/a", "var/cache/dnf", "home/u/a"};
	static const char *const name[] = {"core", "a.tmp", "x",
					   "b",	   "data",  "home",
					   "[x",   "a*",    "a_1.deb"};
	char *given[] = {(char *)(uintptr_t)"core",
			 (char *)(uintptr_t)"/home/**/*.tmp",
			 (char *)(uintptr_t)"/var/tmp/",
			 (char *)(uintptr_t)"/home/?/[ab]",
			 (char *)(uintptr_t)"/srv/a[*]",
			 (char *)(uintptr_t)"/srv/[[]x",
			 (char *)(uintptr_t)"/**/u/**",
			 NULL};
	const struct files_globs globs = {given, "/", own};
	unsigned int out = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(directory) / sizeof(*directory); i++)
		for (size_t k = 0; k < sizeof(name) / sizeof(*name); k++) {
			char path[128];
			char names[256];
			size_t length = files_glob_names(&globs, directory[i],
							 names, sizeof(names));
			bool is;

			(void)snprintf(path, sizeof(path), "%s%s%s",
				       directory[i], *directory[i] ? "/" : "",
				       name[k]);
			is = is_named(names, length, name[k]);
			/* Of what is out itself nobody asks. */
			if (is != files_glob_out(&globs, path) &&
			    !files_glob_out(&globs, directory[i]))
				fail_msg("%s: %d", path, is);
			out += is;
		}
	assert_true(out > 20);
}

/* What two readers may take for two things is for one of them. */
static void doubtful_patterns_are_not_handed_on(void **state)
{
	static const char *const doubtful[] = {
		"[[:alpha:]]", "[z-a]",	    "[]a]",   "[!]",  "[a",
		"x[",	       "\xc3\xbc*", "[\xc3]", "[a-]", "[--0]"};
	char names[64];

	(void)state;
	for (size_t i = 0; i < sizeof(doubtful) / sizeof(*doubtful); i++) {
		char *given[] = {(char *)(uintptr_t)doubtful[i], NULL};
		const struct files_globs globs = {given, "/", NULL};

		if (files_glob_names(&globs, "home", names, sizeof(names)))
			fail_msg("'%s'", doubtful[i]);
	}
	/* Nor those that there is no room for. */
	{
		char *given[] = {(char *)(uintptr_t)"core",
				 (char *)(uintptr_t)"b", NULL};
		const struct files_globs globs = {given, "/", NULL};

		assert_int_equal(files_glob_names(&globs, "home", names, 4), 2);
		assert_string_equal(names, "b");
	}
}

static void trees_of_their_own_are_left_to_them(void **state)
{
	const char *const own[] = {"/var", "/srv/data", NULL};
	struct files_globs root = {NULL, "/", own};
	struct files_globs srv = {NULL, "/srv", own};

	(void)state;
	assert_true(files_glob_out(&root, "var/lib"));
	assert_true(files_glob_out(&root, "srv/data/x"));
	assert_true(files_glob_out(&srv, "data/x"));
	/* The directory itself is where it is mounted. */
	assert_false(files_glob_out(&root, "var"));
	assert_false(files_glob_out(&root, "srv/data"));
	assert_false(files_glob_out(&root, "variable/x"));
	assert_false(files_glob_out(&root, "srv/data2"));
	assert_true(files_glob_in(&root, "var"));
	assert_true(files_glob_in(&root, "var/lib"));
	assert_false(files_glob_in(&root, "srv"));
	assert_true(files_glob_in(&srv, "data"));
	/* Also one that the source has no directory for. */
	assert_true(files_glob_place(&root, "var"));
	assert_true(files_glob_place(&root, "srv"));
	assert_true(files_glob_place(&root, "srv/data"));
	assert_true(files_glob_place(&srv, "data"));
	assert_false(files_glob_place(&root, "var/lib"));
	assert_false(files_glob_place(&root, "sr"));
	assert_false(files_glob_place(&root, "srv/dat"));
}

/* Each "**" as far as it can go, once for all of them: a test that took it up
 * again would not end today. */
static void deep_paths_take_no_time(void **state)
{
	char path[4096] = "";
	size_t length = 0;
	clock_t began = clock();

	(void)state;
	while (length < sizeof(path) - 3) {
		memcpy(path + length, "/a", 3);
		length += 2;
	}
	assert_false(files_glob_match("/**/a/**/a/**/a/**/b", path));
	assert_true(files_glob_match("/**/a/**/a/**/a/**/a", path));
	assert_true(clock() - began < 10 * CLOCKS_PER_SEC);
	assert_true(files_glob_match("/**/x/**/y", "/x/x/y"));
	assert_true(files_glob_match("/**/x/y/**/z", "/x/q/x/y/z"));
	assert_false(files_glob_match("/**/x/y/**/z", "/x/q/y/z"));
	assert_true(files_glob_match("/**/x/**/y/z", "/a/x/y/b/y/z"));
	assert_true(files_glob_match("/**/x/**/y/", "/a/x/b/y/in"));
}

static void wrong_ones_are_told(void **state)
{
	static const char *const bad[] = {"",	 "/",	  "a/b",
					  "//a", "/a//b", "/**/**/**/**/**/x"};
	struct error *error = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_true(files_glob_check(bad[i], &error) < 0);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_clear(&error);
	}
	assert_int_equal(files_glob_check("/srv/**/*.iso", NULL), 0);
	assert_int_equal(files_glob_check("lost+found", NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(paths_are_the_systems),
		cmocka_unit_test(names_are_those_of_the_directory),
		cmocka_unit_test(doubtful_patterns_are_not_handed_on),
		cmocka_unit_test(trees_of_their_own_are_left_to_them),
		cmocka_unit_test(deep_paths_take_no_time),
		cmocka_unit_test(wrong_ones_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
