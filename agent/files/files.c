/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Passes over file systems.  The first one, every further one, a resume and the
 * comparison at the end are the same walk: the source tells what a directory
 * holds, it is compared with what is here, and only what differs is fetched.
 * What a pass learned of the source makes the next one short; a start that
 * knows nothing looks at everything.
 */
#include "files/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "files/files_crew.h"
#include "files/files_ledger.h"
#include "files/files_talk.h"
#include "files/files_tree.h"
#include "source/wire_tree.h"

#define STREAMS	 2U
#define RETRIES	 10
#define RETRY_US 200000
#define MARGIN_S 2 /* file systems that know seconds only */

struct pair {
	struct files_tree tree;
	char *source;
	char *place;
	struct files_ledger *ledger; /* of the last whole pass */
	struct timespec since;	     /* when that began, there */
	bool sound; /* what is here was written or compared by us */
	bool optional;
	const char *own[WIRE_TREES_MAX]; /* places of others, below this one */
};

struct files {
	struct files_crew crew;
	const _Atomic bool *stop;
	char *const *exclude;
	struct files_watch watch;
	struct pair pair[WIRE_TREES_MAX];
	unsigned int pairs;
	struct files_stats stats;
	struct files_noted noted[FILES_NOTES][FILES_NOTED]; /* last pass */
};

int files_open(const struct files_settings *settings, struct files **ret,
	       struct error **err)
{
	struct files *files = calloc(1, sizeof(*files));
	unsigned int streams = settings->streams ? settings->streams : STREAMS;
	int r;

	if (!files)
		return error_memory(err);
	files->stop = settings->stop;
	files->exclude = settings->exclude;
	files->watch = settings->watch;
	files->crew.stop = settings->stop;
	files->crew.streams =
		streams < FILES_STREAMS_MAX ? streams : FILES_STREAMS_MAX;
	r = files_crew_open(&files->crew, settings->spec, err);
	if (r < 0)
		files_close(files);
	else
		*ret = files;
	return r;
}

/* What the last pass had to tell of single files. */
static void forget_noted(struct files *files)
{
	for (unsigned int kind = 0; kind < FILES_NOTES; kind++)
		for (unsigned int i = 0; i < FILES_NOTED; i++) {
			free(files->noted[kind][i].path);
			free(files->noted[kind][i].words);
			files->noted[kind][i] = (struct files_noted){0};
		}
}

void files_close(struct files *files)
{
	if (!files)
		return;
	forget_noted(files);
	files_crew_close(&files->crew);
	for (unsigned int i = 0; i < files->pairs; i++) {
		files_tree_close(&files->pair[i].tree);
		files_ledger_free(files->pair[i].ledger);
		free(files->pair[i].source);
		free(files->pair[i].place);
	}
	free(files);
}

static void add_own(struct pair *pair, const char *place)
{
	size_t length = strlen(pair->place);
	size_t i = 0;

	if (strcmp(pair->place, "/") != 0 &&
	    (strncmp(pair->place, place, length) != 0 || place[length] != '/'))
		return;
	/* One of the other trees is the pair itself: there is room for all. */
	while (pair->own[i])
		i++;
	pair->own[i] = place;
}

int files_add(struct files *files, const struct files_pair *pair,
	      struct error **err)
{
	struct pair *one = &files->pair[files->pairs];
	int r;

	if (files->pairs == WIRE_TREES_MAX)
		return error_set(err, ERROR_CONFIG, E2BIG,
				 "more than %u file systems", WIRE_TREES_MAX);
	*one = (struct pair){0};
	r = files_tree_open(pair->directory, pair->place, &one->tree, err);
	if (r < 0)
		return r;
	one->source = strdup(pair->source);
	one->place = strdup(pair->place);
	one->sound = one->tree.blank;
	one->optional = pair->optional;
	files->pairs++;
	if (!one->source || !one->place)
		return error_memory(err);
	for (unsigned int i = 0; i + 1 < files->pairs; i++)
		add_own(&files->pair[i], one->place);
	return 0;
}

/* --- one file system --------------------------------------------------- */

static int begin_root(struct files_job *job, struct error **err)
{
	struct files_node *root = files_node_new(NULL, "");
	int r;

	if (!root)
		return error_memory(err);
	root->inode = 1;
	/* Nothing is here that could be compared. */
	root->fresh = job->tree->bare && !job->dry;
	root->known = files_ledger_find(job->last, "", root->inode);
	r = files_job_list(job, root, err);
	files_node_drop(root, files_job_finish, job);
	return r;
}

static void keep_learned(struct pair *pair, struct files_job *job,
			 const struct files_root *root)
{
	files_ledger_free(pair->ledger);
	pair->ledger = job->next;
	job->next = NULL;
	pair->since = root->now;
	pair->since.tv_sec -= MARGIN_S;
	pair->sound = true;
}

static int complete(struct pair *pair, const struct files_job *job,
		    struct error **err)
{
	const struct timespec time[2] = {{.tv_nsec = UTIME_OMIT},
					 job->root_time};
	int r = files_tree_settle(&pair->tree, err);

	if (r == 0 && !pair->tree.plain)
		(void)futimens(pair->tree.fd, time);
	return r;
}

static int pass_once(struct files *files, struct pair *pair,
		     enum files_kind kind, struct files_notes *notes,
		     struct error **err)
{
	struct files_root root = {0};
	struct files_job job = {
		.tree = &pair->tree,
		.globs = {files->exclude, pair->place, pair->own},
		.notes = notes,
		.stats = &files->stats,
		.watch = &files->watch,
		.stop = files->stop,
		.last = kind == FILES_COPY ? pair->ledger : NULL,
		.since = pair->since,
		.settled = pair->tree.settled,
		.dry = kind == FILES_VERIFY || kind == FILES_PRUNE,
		.prune = kind == FILES_PRUNE,
		.deep = kind == FILES_DEEP,
	};
	struct files_task task = {
		.number = (uint32_t)(pair - files->pair),
		.job = &job,
		.settle = job.dry || !pair->sound ? NULL : &pair->tree,
	};
	int r = files_crew_root(&files->crew, task.number, pair->source, &root,
				err);

	if (r < 0)
		return r;
	/* This process has seen it all itself. */
	if (pair->sound)
		job.settled.tv_sec = INT64_MAX;
	if (job.dry)
		(void)syncfs(pair->tree.fd);
	job.next = files_ledger_new();
	if (!job.next)
		return error_memory(err);
	files_job_begin(&job);
	r = begin_root(&job, err);
	if (r == 0)
		r = files_crew_run(&files->crew, &task, err);
	pair->tree.blank = false;
	pair->tree.bare = false;
	files_job_done(&job);
	if (r == 0 && !job.dry)
		r = complete(pair, &job, err);
	if (r == 0 && !job.dry)
		keep_learned(pair, &job, &root);
	files_ledger_free(job.next);
	return r;
}

/* What is to come may need the room of what is to go. */
static void make_room(struct files *files, struct pair *pair,
		      struct error **err)
{
	struct files_notes notes; /* of no interest */
	struct error *error = NULL;

	log_info("files", "%s; first all goes that the source has not",
		 (*err)->msg);
	error_clear(err);
	/* It knows nothing of what is done now. */
	files_ledger_free(pair->ledger);
	pair->ledger = NULL;
	files_notes_begin(&notes);
	(void)pass_once(files, pair, FILES_PRUNE, &notes, &error);
	files_notes_done(&notes);
	error_free(error);
}

/* As long as each try brings something. */
static int pass_one(struct files *files, struct pair *pair,
		    enum files_kind kind, struct files_notes *notes,
		    struct error **err)
{
	bool pruned = kind == FILES_VERIFY || kind == FILES_PRUNE;
	int tries = 0;

	for (;;) {
		uint64_t before = atomic_load(&files->stats.entries);
		int r = pass_once(files, pair, kind, notes, err);

		if (r < 0 && pair->optional && (*err)->kind == ERROR_SOURCE &&
		    (*err)->code == ENOENT) {
			error_clear(err);
			return 0;
		}
		if (r == 0 || (files->stop && atomic_load(files->stop)))
			return r;
		if ((*err)->code == ENOSPC && !pruned) {
			pruned = true;
			make_room(files, pair, err);
			continue;
		}
		if ((*err)->kind != ERROR_NETWORK)
			return r;
		if (atomic_load(&files->stats.entries) != before)
			tries = 0;
		if (++tries > RETRIES)
			return r;
		log_warn("files", "%s: %s; connecting again", pair->place,
			 (*err)->msg);
		error_clear(err);
		/* All of it is looked at once more. */
		files_notes_done(notes);
		files_notes_begin(notes);
		(void)usleep(RETRY_US * (unsigned int)tries);
	}
}

/* --- all of them ------------------------------------------------------- */

/* The first of each kind; what is kept of them is taken from the notes. */
static void take_noted(struct files *files, struct files_notes *notes,
		       const char *place)
{
	const char *root = strcmp(place, "/") != 0 ? place : "";

	for (unsigned int kind = 0; kind < FILES_NOTES; kind++) {
		struct files_noted *to = files->noted[kind];
		unsigned int at = 0;

		for (unsigned int i = 0; i < FILES_NOTED; i++) {
			struct files_noted *one = &notes->kept[kind][i];

			while (at < FILES_NOTED && to[at].path)
				at++;
			if (at == FILES_NOTED || !one->path ||
			    asprintf(&to[at].path, "%s%s%s", root,
				     *one->path == '/' ? "" : "/",
				     one->path) < 0)
				break;
			to[at].words = one->words;
			one->words = NULL;
		}
	}
}

const struct files_noted *files_noted(const struct files *files,
				      enum files_note kind, unsigned int at)
{
	const struct files_noted *one =
		at < FILES_NOTED ? &files->noted[kind][at] : NULL;

	return one && one->path ? one : NULL;
}

static void sum_up(const struct files *files, const struct files_notes *notes,
		   struct files_result *ret)
{
	const struct files_stats *stats = &files->stats;

	ret->entries = atomic_load(&stats->entries);
	ret->files = atomic_load(&stats->files);
	ret->bytes = atomic_load(&stats->bytes);
	ret->made = atomic_load(&stats->made);
	ret->mended = atomic_load(&stats->mended);
	ret->removed = atomic_load(&stats->removed);
	ret->compared = atomic_load(&stats->compared);
	ret->hashed = atomic_load(&stats->hashed);
	for (unsigned int i = 0; i < FILES_NOTES; i++)
		ret->note[i] += notes->count[i];
}

int files_pass(struct files *files, enum files_kind kind,
	       struct files_result *ret, struct error **err)
{
	struct error *error = NULL;
	double begin = io_seconds();
	int r = 0;

	memset(&files->stats, 0, sizeof(files->stats));
	*ret = (struct files_result){0};
	forget_noted(files);
	for (unsigned int i = 0; r == 0 && i < files->pairs; i++) {
		struct files_notes notes;

		files_notes_begin(&notes);
		r = pass_one(files, &files->pair[i], kind, &notes, &error);
		files_notes_tell(&notes, files->pair[i].place);
		sum_up(files, &notes, ret);
		take_noted(files, &notes, files->pair[i].place);
		files_notes_done(&notes);
	}
	ret->seconds = io_seconds() - begin;
	log_info("files",
		 "%s pass: %" PRIu64 " entries, %" PRIu64 " files with %" PRIu64
		 " bytes came, %" PRIu64 " made, %" PRIu64 " mended, %" PRIu64
		 " removed, %" PRIu64 " compared by SHA-256, %.1f s",
		 kind == FILES_VERIFY ? "verify"
		 : kind == FILES_DEEP ? "deep"
				      : "copy",
		 ret->entries, ret->files, ret->bytes, ret->made, ret->mended,
		 ret->removed, ret->compared, ret->seconds);
	if (err)
		*err = error;
	else
		error_free(error);
	return r;
}

const struct files_stats *files_stats(const struct files *files)
{
	return &files->stats;
}

int files_finish(struct files *files, struct error **err)
{
	int r = 0;

	for (unsigned int i = 0; r == 0 && i < files->pairs; i++)
		r = files_tree_finish(&files->pair[i].tree, err);
	return r;
}
