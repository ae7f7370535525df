/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SOURCES_H
#define LANDER_RUN_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct error;
struct migrate;
struct plan_disk;
struct source_spec;

/** sources_open(m, err): connect, list, choose the targets: fills m->plan. */
int sources_open(struct migrate *m, struct error **err);

/** sources_jump(config, ret): the machine in between, for a spec's jump, as far
 *  as the job says it; credential_take() gets its key.  NULL: there is none. */
struct source_spec *sources_jump(const struct config *config,
				 struct source_spec *ret);

/** sources_is_usable(m, t): whether this disk of the machine may be chosen
 *  without being named. */
bool sources_is_usable(const struct migrate *m, size_t t);

/** sources_take_target(m, disk, t, err): it is the target of that disk of the
 *  plan; what was found on it goes there.  sources_return_target(m, disk): the
 *  other way. */
int sources_take_target(struct migrate *m, struct plan_disk *disk, size_t t,
			struct error **err);
void sources_return_target(struct migrate *m, struct plan_disk *disk);

/** sources_names_export(uri): this one, and not all that the server has. */
bool sources_names_export(const char *uri);

#endif
