/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_JOB_H
#define LANDER_FILES_JOB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "files/files_glob.h"
#include "files/files_links.h"
#include "files/files_node.h"
#include "files/files_notes.h"

struct error;
struct files_delta;
struct files_ledger;
struct files_tree;

/** One question to the source that is still to be put. */
struct files_work {
	struct files_work *next;
	struct files_node *node;   /* held */
	uint32_t flags;		   /* WIRE_TREE_… */
	struct files_delta *delta; /* DELTA of one name, or NULL; freed */
	size_t length;		   /* 0: LIST; else FETCH of these names */
	char names[];		   /* each with its zero byte */
};

/** What a pass has done so far. */
struct files_stats {
	_Atomic uint64_t entries;  /* seen on the source, of all types */
	_Atomic uint64_t files;	   /* whose content came */
	_Atomic uint64_t bytes;	   /* of it */
	_Atomic uint64_t made;	   /* all else that was made */
	_Atomic uint64_t mended;   /* owner, mode, times and the like set */
	_Atomic uint64_t removed;  /* names */
	_Atomic uint64_t compared; /* files, by SHA-256 */
	_Atomic uint64_t hashed;   /* … bytes of them */
};

/** Who looks on, and says how fast; called by any thread of the copy. */
struct files_watch {
	/** So many bytes of contents are done with; so many of them came. */
	void (*seen)(void *owner, uint64_t done, uint64_t came);
	/** So many bytes came over the line: returns when more may come. */
	void (*pace)(void *owner, uint64_t bytes);
	void *owner;
};

/** One pass over one file system, for all threads that work on it. */
struct files_job {
	const struct files_tree *tree;
	struct files_globs globs;
	struct files_notes *notes;
	struct files_stats *stats;
	const struct files_watch *watch; /* or NULL */
	const _Atomic bool *stop;	 /* the order to give up, or NULL */
	struct files_links links;
	const struct files_ledger *last; /* of the last whole pass, or NULL */
	struct files_ledger *next;	 /* of this one */
	struct timespec since;		 /* the source's clock, with last */
	/** Files that were changed here after this moment may be half there. */
	struct timespec settled;
	bool dry;  /* nothing is changed: what differs is noted */
	bool deep; /* contents are compared, not sizes and times */
	/** With dry: what the source has not is removed, to make room. */
	bool prune;
	struct timespec root_time;

	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t changed;
	struct files_work *work; /* the last one first: deep before wide */
	uint64_t pending;	 /* put in and not done */
	bool ended;		 /* nobody is to begin anything any more */
};

/** files_job_seen(job, done, came): for who looks on. */
void files_job_seen(const struct files_job *job, uint64_t done, uint64_t came);

/** files_job_obey(job, err): 0, or that nobody wants it any more: for what
 * takes long and waits for no answer.  Errors: ERROR_ABORTED. */
int files_job_obey(const struct files_job *job, struct error **err);

void files_job_begin(struct files_job *job);
void files_job_done(struct files_job *job);

/** files_job_list(job, node, err): this directory is to be listed. */
int files_job_list(struct files_job *job, struct files_node *node,
		   struct error **err);

/** files_job_fetch(job, node, names, flags, err): these files of it, by their
 *  content or digest. */
struct files_batch {
	size_t length;
	char names[4096];
};
int files_job_fetch(struct files_job *job, struct files_node *node,
		    const struct files_batch *names, uint32_t flags,
		    struct error **err);

/** files_job_delta(job, node, name, delta, err): what changed in this one file
 *  of it; takes a copy of delta. */
int files_job_delta(struct files_job *job, struct files_node *node,
		    const struct files_batch *name,
		    const struct files_delta *delta, struct error **err);

/** files_job_take(job): something to do, or NULL: nothing now. */
struct files_work *files_job_take(struct files_job *job);

/** files_job_did(job, work): it is done, or given up; freed. */
void files_job_did(struct files_job *job, struct files_work *work);

/** files_job_rest(job): waits a moment for something to do; false: all is done
 *  or was ended. */
bool files_job_rest(struct files_job *job);

/** files_job_end(job): nothing more is begun. */
void files_job_end(struct files_job *job);

/** files_job_finish(job, node): the directory is done: what it is itself. */
void files_job_finish(void *job, struct files_node *node);

#endif
