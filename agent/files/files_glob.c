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

/* Of a pattern only what is before its last part is known of a directory. */
static bool may_match_in(const char *pattern, const char *whole)
{
	char parent[PATH_MAX];
	size_t length = strlen(pattern);
	const char *last;

	if (*pattern != '/' || strstr(pattern, "**"))
		return true;
	if (pattern[length - 1] == '/')
		length--;
	else {
		last = strrchr(pattern, '/');
		length = (size_t)(last - pattern);
	}
	if (!length)
		return !whole[1];
	if (length >= sizeof(parent))
		return true;
	memcpy(parent, pattern, length);
	parent[length] = '\0';
	return files_glob_match(parent, whole);
}

bool files_glob_in(const struct files_globs *globs, const char *path)
{
	char whole[PATH_MAX + 1];

	if (!whole_path(globs, path, whole, sizeof(whole)))
		return true;
	if (!*path && strcmp(globs->place, "/") != 0)
		whole[strlen(whole) - 1] = '\0';
	for (size_t i = 0; globs->own && globs->own[i]; i++)
		if (!strcmp(globs->own[i], whole) ||
		    is_in(globs->own[i], whole))
			return true;
	for (size_t i = 0; built_in[i]; i++)
		if (may_match_in(built_in[i], whole))
			return true;
	for (size_t i = 0; globs->given && globs->given[i]; i++)
		if (may_match_in(globs->given[i], whole))
			return true;
	return false;
}
