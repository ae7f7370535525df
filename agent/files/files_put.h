/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_PUT_H
#define LANDER_FILES_PUT_H

#include <sys/stat.h>

#include "files/files_job.h"
#include "files/files_meta.h"
#include "files/files_names.h"
#include "files/files_record.h"

struct error;

/** What is done with the entry that comes in. */
enum files_state {
	FILES_IDLE,    /* none comes in */
	FILES_SELF,    /* the directory itself */
	FILES_SKIP,    /* it is left out */
	FILES_SPECIAL, /* a link, a device, a pipe, a socket */
	FILES_COMPARE, /* a regular file that is here, perhaps */
	FILES_RECEIVE, /* one whose content comes */
};

/** The answer to one LIST, FETCH or DELTA, put into the copy as it comes. */
struct files_put {
	struct files_job *job;
	struct files_work *work;
	struct files_node *node;
	struct files_names names;
	struct files_batch want;  /* files whose content is to be fetched */
	struct files_batch check; /* … whose SHA-256 is */
	bool opened;		  /* the directory itself has come */
	bool broken;		  /* not all names of it have */
	unsigned int missing;	  /* names asked for and not told of */

	enum files_state state;
	struct files_record record; /* the last one of it */
	struct files_meta meta;
	char name[WIRE_NAME_MAX + 1];
	char target[WIRE_LINK_MAX + 1];
	int fd;	       /* FILES_RECEIVE */
	bool fresh;    /* … it was made just now */
	uint64_t end;  /* … up to where data came */
	uint64_t came; /* … bytes of it */
};

/** files_put_begin(put, job, work): the answer to this comes. */
void files_put_begin(struct files_put *put, struct files_job *job,
		     struct files_work *work);

/** files_put_frame(put, payload, length, err): a part of it.
 *  Errors: ERROR_SOURCE: no answer is like this; ERROR_TARGET. */
int files_put_frame(struct files_put *put, const uint8_t *payload,
		    size_t length, struct error **err);

/** files_put_end(put, err): that was all of it. */
int files_put_end(struct files_put *put, struct error **err);

/** files_put_failed(put, code, words): the source could not answer. */
void files_put_failed(struct files_put *put, int code, const char *words);

/** files_put_done(put): as far as it came; frees what it holds. */
void files_put_done(struct files_put *put);

/** files_put_path(put, buf): of the entry, from the tree's root. */
const char *files_put_path(const struct files_put *put, char *buf);

/** files_put_later(put, batch, flags, err): the entry is to be fetched, in one
 *  batch with others. */
int files_put_later(struct files_put *put, struct files_batch *batch,
		    uint32_t flags, struct error **err);

#endif
