/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_GLOB_H
#define LANDER_FILES_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** What is left out of a copy: patterns of paths of the system. */
struct files_globs {
	char *const *given; /* of the job, NULL-terminated, or NULL */
	const char *place;  /* where the tree is in the system: "/var" */
	/* Places below it that are trees of their own, NULL-terminated: what is
	 * in them is left out; or NULL. */
	const char *const *own;
};

/**
 * files_glob_check(pattern, err): that it is one.  "/srv/backup" is this and
 * all that is in it, "/var/tmp/" only what is in it, "core" whatever is called
 * so anywhere.  "*", "?" and "[a-z]" match within one part of a path, a part
 * "**" any number of parts.  Errors: ERROR_CONFIG.
 */
int files_glob_check(const char *pattern, struct error **err);

/** files_glob_match(pattern, path): path: from the system's root, "/var/tmp".
 */
bool files_glob_match(const char *pattern, const char *path);

/** files_glob_out(globs, path): whether this path of the tree, "lib/dpkg", is
 *  left out. */
bool files_glob_out(const struct files_globs *globs, const char *path);

/** files_glob_names(globs, path, buf, room): patterns of names, each with its
 *  zero byte: what they match directly in this directory is left out.  Bytes of
 *  buf that they take; those that other readers of patterns may take otherwise,
 *  or that do not fit, are not among them. */
size_t files_glob_names(const struct files_globs *globs, const char *path,
			char *buf, size_t room);

/** files_glob_place(globs, path): a tree of its own is there, or below it: it
 *  stays, whether the source has it or not. */
bool files_glob_place(const struct files_globs *globs, const char *path);

/** files_glob_in(globs, path): whether something that is directly in this
 *  directory of the tree may be left out. */
bool files_glob_in(const struct files_globs *globs, const char *path);

#endif
