/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_CREW_H
#define LANDER_FILES_CREW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "source/login.h"

struct error;
struct files_job;
struct files_root;
struct files_tree;
struct remote;
struct source_spec;

#define FILES_STREAMS_MAX 8U

/** The sessions of a copy of files, one a thread. */
struct files_crew {
	struct login login;
	const _Atomic bool *stop;
	unsigned int streams;
	struct remote *remote[FILES_STREAMS_MAX]; /* NULL: lost */
};

/** files_crew_open(crew, spec, err): streams and stop are set; logged in. */
int files_crew_open(struct files_crew *crew, const struct source_spec *spec,
		    struct error **err);
void files_crew_close(struct files_crew *crew);

/** files_crew_root(crew, number, path, ret, err): a pass over this directory of
 *  the source begins; lost sessions are opened again. */
int files_crew_root(struct files_crew *crew, uint32_t number, const char *path,
		    struct files_root *ret, struct error **err);

/** What a crew works on. */
struct files_task {
	uint32_t number; /* of the tree, at the source */
	struct files_job *job;
	/** Settled now and then meanwhile, or NULL. */
	struct files_tree *settle;
};

/** files_crew_run(crew, task, err): until nothing is left to do.  Sessions that
 *  failed are closed. */
int files_crew_run(struct files_crew *crew, const struct files_task *task,
		   struct error **err);

#endif
