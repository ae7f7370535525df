/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SOURCES_H
#define LANDER_RUN_SOURCES_H

#include <stdbool.h>

struct config;
struct error;
struct migrate;
struct source_spec;

/** sources_open(m, err): connect, list, choose the targets: fills m->plan. */
int sources_open(struct migrate *m, struct error **err);

/** sources_jump(config, ret): the machine in between, for a spec's jump, as far
 *  as the job says it; credential_take() gets its key.  NULL: there is none. */
struct source_spec *sources_jump(const struct config *config,
				 struct source_spec *ret);

/** sources_names_export(uri): this one, and not all that the server has. */
bool sources_names_export(const char *uri);

#endif
