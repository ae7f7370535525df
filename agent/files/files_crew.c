/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads with a session each, on one file system at a time.  Meanwhile what
 * they wrote goes to the disk, and the tree's note says so.
 */
#include "files/files_crew.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "files/files_job.h"
#include "files/files_talk.h"
#include "files/files_tree.h"
#include "source/remote.h"
#include "source/source.h"

#define DIAL_S	 30.0
#define SETTLE_S 30.0
#define TURN_US	 20000

struct worker {
	pthread_t thread;
	bool threaded;
	struct remote *remote;
	struct files_job *job;
	uint32_t tree;
	struct error *error;
	int r;
	_Atomic bool done;
};

static int connect_all(struct files_crew *crew, struct error **err)
{
	int r = 0;

	for (unsigned int i = 0; r == 0 && i < crew->streams; i++)
		if (!crew->remote[i])
			r = remote_open(&crew->login.peer,
					io_seconds() + DIAL_S, crew->stop,
					&crew->remote[i], err);
	return r;
}

int files_crew_open(struct files_crew *crew, const struct source_spec *spec,
		    struct error **err)
{
	int r = login_parse(spec, &crew->login, err);

	return r < 0 ? r : connect_all(crew, err);
}

void files_crew_close(struct files_crew *crew)
{
	for (unsigned int i = 0; i < FILES_STREAMS_MAX; i++)
		remote_close(crew->remote[i]);
	login_done(&crew->login);
}

static void hang_up(struct files_crew *crew, unsigned int i)
{
	remote_close(crew->remote[i]);
	crew->remote[i] = NULL;
}

/* What the source has not it says in peace: that session is as good as before,
 * and another one might not begin where a machine is held still. */
static bool is_absent(const struct error *error)
{
	return error->kind == ERROR_SOURCE && error->code == ENOENT;
}

/* Every session reads it through a mount of its own. */
int files_crew_root(struct files_crew *crew, uint32_t number, const char *path,
		    struct files_root *ret, struct error **err)
{
	int r = connect_all(crew, err);

	for (unsigned int i = 0; r == 0 && i < crew->streams; i++) {
		struct files_root root = {0};

		r = files_talk_root(crew->remote[i], number, path, &root, err);
		if (r < 0) {
			if (!is_absent(*err))
				hang_up(crew, i);
			return error_wrap(err, "%s", path);
		}
		if (!i)
			*ret = root;
	}
	return r;
}

static void *work(void *owner)
{
	struct worker *worker = owner;

	worker->r = files_talk_run(worker->remote, worker->tree, worker->job,
				   &worker->error);
	atomic_store(&worker->done, true);
	return NULL;
}

/* What is on the disk already is not lost by a power cut. */
static int attend(const struct files_crew *crew, const struct files_task *task,
		  struct worker *worker, struct error **err)
{
	double next = io_seconds() + SETTLE_S;
	int r = 0;

	for (unsigned int i = 0; i < crew->streams; i++) {
		while (!atomic_load(&worker[i].done)) {
			(void)usleep(TURN_US);
			if (!task->settle || r < 0 || io_seconds() < next)
				continue;
			r = files_tree_settle(task->settle, err);
			if (r < 0)
				files_job_end(task->job);
			next = io_seconds() + SETTLE_S;
		}
		if (worker[i].threaded)
			(void)pthread_join(worker[i].thread, NULL);
	}
	return r;
}

/* The first one's error counts. */
static int gather(struct files_crew *crew, struct worker *worker,
		  struct error **err)
{
	int r = 0;

	for (unsigned int i = 0; i < crew->streams; i++) {
		if (worker[i].r >= 0)
			continue;
		hang_up(crew, i);
		if (r == 0) {
			r = worker[i].r;
			*err = worker[i].error;
		} else {
			error_free(worker[i].error);
		}
	}
	return r;
}

int files_crew_run(struct files_crew *crew, const struct files_task *task,
		   struct error **err)
{
	struct worker worker[FILES_STREAMS_MAX] = {0};
	struct error *late = NULL;
	int settled;
	int r;

	for (unsigned int i = 0; i < crew->streams; i++) {
		worker[i].remote = crew->remote[i];
		worker[i].job = task->job;
		worker[i].tree = task->number;
		worker[i].threaded = pthread_create(&worker[i].thread, NULL,
						    work, &worker[i]) == 0;
		/* No thread: this one does its part. */
		if (!worker[i].threaded)
			(void)work(&worker[i]);
	}
	settled = attend(crew, task, worker, &late);
	r = gather(crew, worker, err);
	if (r == 0 && settled < 0) {
		*err = late;
		return settled;
	}
	/* Requests that nobody waited for may be on the lines yet. */
	for (unsigned int i = 0; settled < 0 && i < crew->streams; i++)
		hang_up(crew, i);
	error_free(late);
	return r;
}
