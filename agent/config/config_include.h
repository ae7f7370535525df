/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_INCLUDE_H
#define LANDER_CONFIG_CONFIG_INCLUDE_H

#include <stddef.h>

struct error;

#define CONFIG_INCLUDES_MAX 8

/** Another file that a job's file names. */
struct config_include {
	char *place;  /* as it stands there: a URL, a path, … */
	char *sha256; /* 64 hexadecimal digits, NULL: none was given */
	char *origin; /* "web01.ks:3" */
};

/** All of them, as they stand in the file. */
struct config_includes {
	struct config_include *include;
	size_t count;
};

/** config_include_add(includes, include, err): a copy of it.  Errors:
 *  ERROR_CONFIG above CONFIG_INCLUDES_MAX. */
int config_include_add(struct config_includes *includes,
		       const struct config_include *include,
		       struct error **err);

void config_include_free(struct config_includes *includes);

#endif
