/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_TALK_H
#define LANDER_FILES_TALK_H

#include <stdint.h>
#include <time.h>

struct error;
struct files_job;
struct remote;

/** What the source says of a file system at the beginning of a pass. */
struct files_root {
	struct timespec now; /* its clock, before all was written out */
	uint32_t flags;	     /* WIRE_ROOT_… */
	uint64_t kind;	     /* of statfs(2) there */
};

/** files_talk_root(remote, tree, path, ret, err): this directory of the source
 *  is that tree from now on.  Errors: ERROR_SOURCE: it can't be read. */
int files_talk_root(struct remote *remote, uint32_t tree, const char *path,
		    struct files_root *ret, struct error **err);

/** files_talk_run(remote, tree, job, err): one thread's part of a pass: takes
 *  what is to do, asks, and puts the answers into the copy, until nothing is
 *  left. */
int files_talk_run(struct remote *remote, uint32_t tree, struct files_job *job,
		   struct error **err);

#endif
