/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is left to do of a pass, for threads that take it from here.  The last
 * directory that was found comes first, so that what waits stays as small as
 * the tree is wide.
 */
#include "files/files_job.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "files/files_delta.h"
#include "files/files_folder.h"
#include "files/files_tree.h"
#include "source/wire_tree.h"

#define REST_NS 100000000L

void files_job_seen(const struct files_job *job, uint64_t done, uint64_t came)
{
	if (job->watch && job->watch->seen)
		job->watch->seen(job->watch->owner, done, came);
}

int files_job_obey(const struct files_job *job, struct error **err)
{
	if (!job->stop || !atomic_load(job->stop))
		return 0;
	return error_set(err, ERROR_ABORTED, ECANCELED, "%s", job->tree->name);
}

void files_job_begin(struct files_job *job)
{
	(void)pthread_mutex_init(&job->lock, NULL);
	(void)pthread_cond_init(&job->changed, NULL);
	files_links_begin(&job->links);
}

static void free_work(struct files_job *job, struct files_work *work)
{
	files_node_drop(work->node, files_job_finish, job);
	free(work->delta);
	free(work);
}

void files_job_done(struct files_job *job)
{
	while (job->work) {
		struct files_work *work = job->work;

		job->work = work->next;
		atomic_store(&work->node->failed, true);
		free_work(job, work);
	}
	files_links_done(&job->links);
	(void)pthread_cond_destroy(&job->changed);
	(void)pthread_mutex_destroy(&job->lock);
}

static int push(struct files_job *job, struct files_work *work)
{
	files_node_hold(work->node);
	(void)pthread_mutex_lock(&job->lock);
	work->next = job->work;
	job->work = work;
	job->pending++;
	(void)pthread_cond_signal(&job->changed);
	(void)pthread_mutex_unlock(&job->lock);
	return 0;
}

/* How a directory is asked for depends on what is known of it. */
static uint32_t list_flags(const struct files_job *job,
			   const struct files_node *node)
{
	char path[PATH_MAX];

	if (job->prune)
		return 0;
	if (job->dry)
		return WIRE_TREE_DIGEST;
	if (files_node_path(node, "", path, sizeof(path)) >= sizeof(path))
		path[0] = '\0';
	if (node->fresh)
		return files_glob_in(&job->globs, path) ? 0 : WIRE_TREE_CONTENT;
	/* A directory that was moved here: its files may be as old as those of
	 * the one that was in its place. */
	if (job->deep || job->tree->plain ||
	    (job->last && node->known == FILES_STRANGE))
		return WIRE_TREE_DIGEST;
	return node->known == FILES_WHOLE ? WIRE_TREE_CHANGED : 0;
}

int files_job_list(struct files_job *job, struct files_node *node,
		   struct error **err)
{
	struct files_work *work = calloc(1, sizeof(*work));

	if (!work)
		return error_memory(err);
	work->node = node;
	work->flags = list_flags(job, node);
	return push(job, work);
}

static struct files_work *new_fetch(struct files_node *node,
				    const struct files_batch *names)
{
	struct files_work *work = calloc(1, sizeof(*work) + names->length);

	if (!work)
		return NULL;
	work->node = node;
	work->length = names->length;
	memcpy(work->names, names->names, names->length);
	return work;
}

int files_job_fetch(struct files_job *job, struct files_node *node,
		    const struct files_batch *names, uint32_t flags,
		    struct error **err)
{
	struct files_work *work = new_fetch(node, names);

	if (!work)
		return error_memory(err);
	work->flags = flags;
	return push(job, work);
}

int files_job_delta(struct files_job *job, struct files_node *node,
		    const struct files_batch *name,
		    const struct files_delta *delta, struct error **err)
{
	struct files_work *work = new_fetch(node, name);

	if (work)
		work->delta = malloc(sizeof(*delta));
	if (!work || !work->delta) {
		free(work);
		return error_memory(err);
	}
	*work->delta = *delta;
	work->flags = WIRE_TREE_CONTENT;
	return push(job, work);
}

struct files_work *files_job_take(struct files_job *job)
{
	struct files_work *work;

	(void)pthread_mutex_lock(&job->lock);
	work = job->ended ? NULL : job->work;
	if (work)
		job->work = work->next;
	(void)pthread_mutex_unlock(&job->lock);
	return work;
}

void files_job_did(struct files_job *job, struct files_work *work)
{
	free_work(job, work);
	(void)pthread_mutex_lock(&job->lock);
	if (!--job->pending)
		(void)pthread_cond_broadcast(&job->changed);
	(void)pthread_mutex_unlock(&job->lock);
}

bool files_job_rest(struct files_job *job)
{
	struct timespec until;
	bool more;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += REST_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	(void)pthread_mutex_lock(&job->lock);
	if (!job->work && job->pending && !job->ended)
		(void)pthread_cond_clockwait(&job->changed, &job->lock,
					     CLOCK_MONOTONIC, &until);
	more = job->pending && !job->ended;
	(void)pthread_mutex_unlock(&job->lock);
	return more;
}

void files_job_end(struct files_job *job)
{
	(void)pthread_mutex_lock(&job->lock);
	job->ended = true;
	(void)pthread_cond_broadcast(&job->changed);
	(void)pthread_mutex_unlock(&job->lock);
}

void files_job_finish(void *owner, struct files_node *node)
{
	files_folder_finish(owner, node);
}
