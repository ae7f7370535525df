/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of what is left out: those of the job, and what is no part of any
 * copy, because the system makes it anew at each start or whenever it is
 * needed.
 * Source: fnmatch(3).
 */
#include "files/files_glob.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define PART_MAX 255
#define DEEP_MAX 4 /* parts "**" of one pattern */

static const char *const built_in[] = {
	"/proc/",
	"/sys/",
	"/run/",
	"/dev/shm/",
	"/var/cache/apt/archives/*.deb",
	"/var/cache/apt/archives/partial/",
	"/var/cache/apt/pkgcache.bin",
	"/var/cache/apt/srcpkgcache.bin",
	"/var/cache/dnf/",
	"/var/cache/libdnf5/",
	"/var/cache/yum/",
	"/var/cache/zypp/packages/",
	"/var/cache/pacman/pkg/",
	NULL,
};

int files_glob_check(const char *pattern, struct error **err)
{
	const char *deep = pattern;
	int count = 0;

	if (!*pattern || !strcmp(pattern, "/"))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' would leave everything out", pattern);
	if (*pattern != '/' && strchr(pattern, '/'))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' neither begins with / nor is one name",
				 pattern);
	if (strlen(pattern) >= PATH_MAX || strstr(pattern, "//"))
		return error_set(err, ERROR_CONFIG, 0, "'%.64s' is no path",
				 pattern);
	while ((deep = strstr(deep, "**")) && ++count)
		deep += 2;
	if (count > DEEP_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' has more than %d times **", pattern,
				 DEEP_MAX);
	return 0;
}

static size_t part_length(const char *at)
{
	return (size_t)(strchrnul(at, '/') - at);
}

static bool match_part(const char *pattern, size_t pattern_length,
		       const char *part, size_t length)
{
	char a[PATH_MAX];
	char b[PART_MAX + 1];

	if (pattern_length >= sizeof(a) || length >= sizeof(b))
		return false;
	memcpy(a, pattern, pattern_length);
	a[pattern_length] = '\0';
	memcpy(b, part, length);
	b[length] = '\0';
	return fnmatch(a, b, FNM_NOESCAPE) == 0;
}

enum match { MATCH_NOT, MATCH_NEVER, MATCH };

/* Both without their first "/".  NEVER: nor would it be with less of the path:
 * what is behind the last "**" was tried at all of it, and whoever took it up
 * again from an earlier one would take ages over a deep path. */
static enum match match_parts(const char *pattern, const char *path)
{
	for (;;) {
		size_t a = part_length(pattern);
		size_t b = part_length(path);

		if (a == 2 && !memcmp(pattern, "**", 2)) {
			const char *rest = pattern + 2 + (pattern[2] == '/');

			if (!*rest)
				return MATCH;
			for (;;) {
				enum match found = match_parts(rest, path);

				if (found != MATCH_NOT)
					return found;
				b = part_length(path);
				if (!path[b])
					return MATCH_NEVER;
				path += b + 1;
			}
		}
		/* "/var/tmp/": something is in it. */
		if (!a || !b)
			return !a && !b ? MATCH : MATCH_NOT;
		if (!match_part(pattern, a, path, b))
			return MATCH_NOT;
		pattern += a;
		path += b;
		if (!*pattern || !*path)
			return *pattern == *path ? MATCH : MATCH_NOT;
		pattern++;
		path++;
		if (!*pattern)
			return part_length(path) == strlen(path) ? MATCH
								 : MATCH_NOT;
	}
}

bool files_glob_match(const char *pattern, const char *path)
{
	if (*pattern == '/')
		return match_parts(pattern + 1, path + (*path == '/')) == MATCH;
	path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	return match_part(pattern, strlen(pattern), path, strlen(path));
}

/* The path in the system; false: it is longer than any pattern can mean. */
static bool whole_path(const struct files_globs *globs, const char *path,
		       char *buf, size_t room)
{
	bool root = !strcmp(globs->place, "/");
	int n = snprintf(buf, room, "%s/%s", root ? "" : globs->place, path);

	return n > 0 && (size_t)n < room;
}

static bool is_in(const char *place, const char *whole)
{
	size_t length = strlen(place);

	return !strncmp(whole, place, length) && whole[length] == '/' &&
	       whole[length + 1];
}

bool files_glob_out(const struct files_globs *globs, const char *path)
{
	char whole[PATH_MAX + 1];

	if (!whole_path(globs, path, whole, sizeof(whole)))
		return false;
	for (size_t i = 0; globs->own && globs->own[i]; i++)
		if (is_in(globs->own[i], whole))
			return true;
	for (size_t i = 0; built_in[i]; i++)
		if (files_glob_match(built_in[i], whole))
			return true;
	for (size_t i = 0; globs->given && globs->given[i]; i++)
		if (files_glob_match(globs->given[i], whole))
			return true;
	return false;
}

bool files_glob_place(const struct files_globs *globs, const char *path)
{
	char whole[PATH_MAX + 1];

	if (!whole_path(globs, path, whole, sizeof(whole)))
		return false;
	for (size_t i = 0; globs->own && globs->own[i]; i++)
		if (!strcmp(globs->own[i], whole) ||
		    is_in(whole, globs->own[i]))
			return true;
	return false;
}

/* --- what is in one directory ------------------------------------------ */

/* Its path in the system; false: it is longer than any pattern can mean. */
static bool directory_path(const struct files_globs *globs, const char *path,
			   char *buf, size_t room)
{
	if (!whole_path(globs, path, buf, room))
		return false;
	if (!*path && strcmp(globs->place, "/") != 0)
		buf[strlen(buf) - 1] = '\0';
	return true;
}

static bool is_below(const char *pattern, size_t length, const char *whole)
{
	char parent[PATH_MAX];

	if (!length)
		return !whole[1];
	if (length >= sizeof(parent))
		return false;
	memcpy(parent, pattern, length);
	parent[length] = '\0';
	if (files_glob_match(parent, whole))
		return true;
	/* Any number of parts may be none. */
	return length >= 3 && !strcmp(parent + length - 3, "/**") &&
	       is_below(pattern, length - 3, whole);
}

/* The pattern of names in this directory that it comes to; NULL: of none. */
static const char *names_of(const char *pattern, const char *whole)
{
	size_t length = strlen(pattern);
	const char *last = strrchr(pattern, '/');

	if (!last)
		return pattern;
	if (!is_below(pattern, (size_t)(last - pattern), whole))
		return NULL;
	return last + 1 == pattern + length || !strcmp(last + 1, "**")
		       ? "*"
		       : last + 1;
}

static bool is_own_inside(const struct files_globs *globs, const char *whole)
{
	for (size_t i = 0; globs->own && globs->own[i]; i++)
		if (!strcmp(globs->own[i], whole) ||
		    is_in(globs->own[i], whole))
			return true;
	return false;
}

/* What is not is for fnmatch(3) alone: it knows characters of several bytes. */
static bool is_plain(const char *pattern)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._~+@%,:=";
	bool ascii = true;

	for (const char *at = pattern; *at; at++)
		ascii = ascii && (unsigned char)*at < 128;
	if (!ascii)
		return !strpbrk(pattern, "*?[");
	while ((pattern = strchr(pattern, '['))) {
		pattern++;
		pattern += *pattern == '!' || *pattern == '^';
		if (!*pattern || *pattern == ']')
			return false;
		if (pattern[1] == ']') {
			pattern += 2;
			continue;
		}
		for (; *pattern != ']'; pattern++) {
			if (!*pattern || !strchr(word, *pattern))
				return false;
			if (pattern[1] == '-' &&
			    (!pattern[2] || !strchr(word, pattern[2]) ||
			     pattern[2] < *pattern))
				return false;
			pattern += pattern[1] == '-' ? 2 : 0;
		}
	}
	return true;
}

static size_t add_names(const char *pattern, char *buf, size_t room)
{
	size_t length = pattern ? strlen(pattern) + 1 : 0;

	if (!length || length > room || !is_plain(pattern))
		return 0;
	memcpy(buf, pattern, length);
	return length;
}

size_t files_glob_names(const struct files_globs *globs, const char *path,
			char *buf, size_t room)
{
	char whole[PATH_MAX + 1];
	size_t used = 0;

	if (!directory_path(globs, path, whole, sizeof(whole)))
		return 0;
	if (is_own_inside(globs, whole))
		return add_names("*", buf, room);
	for (size_t i = 0; globs->given && globs->given[i]; i++)
		used += add_names(names_of(globs->given[i], whole), buf + used,
				  room - used);
	for (size_t i = 0; built_in[i]; i++)
		used += add_names(names_of(built_in[i], whole), buf + used,
				  room - used);
	return used;
}

bool files_glob_in(const struct files_globs *globs, const char *path)
{
	char whole[PATH_MAX + 1];

	if (!directory_path(globs, path, whole, sizeof(whole)))
		return true;
	if (is_own_inside(globs, whole))
		return true;
	for (size_t i = 0; built_in[i]; i++)
		if (names_of(built_in[i], whole))
			return true;
	for (size_t i = 0; globs->given && globs->given[i]; i++)
		if (names_of(globs->given[i], whole))
			return true;
	return false;
}
