/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files that a job's file names.  They are only noted here: who may fetch
 * them does, run/jobfile.
 */
#include "config/config_include.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static void clear(struct config_include *include)
{
	free(include->place);
	free(include->sha256);
	free(include->origin);
}

int config_include_add(struct config_includes *includes,
		       const struct config_include *include, struct error **err)
{
	struct config_include made;
	struct config_include *more;

	if (includes->count == CONFIG_INCLUDES_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: a file includes %d others at most",
				 include->origin, CONFIG_INCLUDES_MAX);
	more = realloc(includes->include,
		       (includes->count + 1) * sizeof(*more));
	if (!more)
		return error_memory(err);
	includes->include = more;
	made.place = strdup(include->place);
	made.sha256 = include->sha256 ? strdup(include->sha256) : NULL;
	made.origin = strdup(include->origin);
	if (!made.place || !made.origin || (include->sha256 && !made.sha256)) {
		clear(&made);
		return error_memory(err);
	}
	more[includes->count++] = made;
	return 0;
}

void config_include_free(struct config_includes *includes)
{
	for (size_t i = 0; i < includes->count; i++)
		clear(&includes->include[i]);
	free(includes->include);
	*includes = (struct config_includes){0};
}
