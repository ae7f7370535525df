/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_FILES_H
#define LANDER_FILES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "files/files_job.h"

struct error;
struct source_spec;

/** File systems of a source machine, copied file by file into directories of
 *  this one, again and again. */
struct files;

struct files_settings {
	const struct source_spec *spec; /* ssh: */
	char *const *exclude;		/* patterns of files_glob.h, or NULL */
	unsigned int streams;		/* sessions; 0: what is fastest */
	const _Atomic bool *stop;	/* the order to give up, or NULL */
	struct files_watch watch;	/* its functions may be NULL */
};

struct files_pair {
	const char *source;    /* where it is mounted there */
	const char *directory; /* where it is copied to here */
	const char *place;     /* in the system: "/var" */
	/* It need not be there: nothing is done then. */
	bool optional;
};

enum files_kind {
	FILES_COPY,   /* what is not here, or not as it is there */
	FILES_DEEP,   /* likewise, and contents are compared by SHA-256 */
	FILES_VERIFY, /* nothing is changed: what differs is counted, named */
	FILES_PRUNE,  /* what the source has not goes, and nothing else */
};

/** What a pass did, over all file systems. */
struct files_result {
	uint64_t entries;
	uint64_t files; /* whose content came */
	uint64_t bytes; /* of it */
	uint64_t made;
	uint64_t mended;
	uint64_t removed;
	uint64_t compared; /* files, by SHA-256 */
	uint64_t hashed;   /* bytes of them */
	uint64_t note[FILES_NOTES];
	double seconds;
};

/** files_open(settings, ret, err): logged in.  Errors: as remote_open(). */
int files_open(const struct files_settings *settings, struct files **ret,
	       struct error **err);
void files_close(struct files *files);

/** files_add(files, pair, err): one more file system, or a directory that
 *  becomes one, at most WIRE_TREES_MAX; parents before what is mounted in them:
 *  what is in a place of its own does not come with them. */
int files_add(struct files *files, const struct files_pair *pair,
	      struct error **err);

/**
 * files_pass(files, kind, ret, err): one pass over all of them, in their order.
 * A lost connection is made again, as often as a pass gets on; what had come is
 * not sent again.  Single files that could not be read or kept are noted and do
 * not end it.  Errors: ERROR_SOURCE, ERROR_NETWORK, ERROR_ABORTED; ERROR_TARGET
 * with ENOSPC: full, and where.
 */
int files_pass(struct files *files, enum files_kind kind,
	       struct files_result *ret, struct error **err);

/** files_noted(files, kind, at): the at-th file that the last pass noted so, by
 *  its path in the system, at below FILES_NOTED; NULL: there is no such one. */
#define FILES_NOTED 8U
const struct files_noted *files_noted(const struct files *files,
				      enum files_note kind, unsigned int at);

/** files_stats(files): what the pass that runs has done so far, over all file
 *  systems; any thread may look. */
const struct files_stats *files_stats(const struct files *files);

/** files_finish(files, err): all of it is on the disks, and nothing of ours is
 *  left there. */
int files_finish(struct files *files, struct error **err);

#endif
