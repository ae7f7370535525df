/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a pass: start, first failure, end, and whether any of them
 * has a source to talk to.  It knows nothing of what they do.
 */
#include "copy/crew.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/io.h"
#include "copy/pass.h"

void crew_init(struct crew *crew, struct pass *pass)
{
	*crew = (struct crew){.pass = pass, .away_since = io_seconds()};
	(void)pthread_mutex_init(&crew->lock, NULL);
}

int crew_start(struct crew *crew, void *(*work)(void *), unsigned int count,
	       struct error **err)
{
	while (crew->threads < count && crew->threads < CREW_MAX) {
		struct crew_member *member = malloc(sizeof(*member));
		int code;

		if (!member)
			return error_memory(err);
		*member = (struct crew_member){crew, crew->threads};
		code = pthread_create(&crew->thread[crew->threads], NULL, work,
				      member);
		if (code) {
			free(member);
			return error_set(err, ERROR_INTERNAL, code, "thread");
		}
		crew->threads++;
	}
	return 0;
}

int crew_finish(struct crew *crew, struct error **err)
{
	struct error *why;
	int r;

	for (unsigned int i = 0; i < crew->threads; i++)
		(void)pthread_join(crew->thread[i], NULL);
	(void)pthread_mutex_destroy(&crew->lock);
	why = crew->error;
	if (!why && crew->pass->stop && atomic_load(crew->pass->stop))
		return error_set(err, ERROR_ABORTED, 0, "stopped by order");
	if (!why)
		return 0;
	r = why->code ? -why->code : -EIO;
	if (err)
		*err = why;
	else
		error_free(why);
	return r;
}

void crew_fail(struct crew *crew, struct error *why)
{
	pthread_mutex_lock(&crew->lock);
	if (!crew->error)
		crew->error = why;
	else
		error_free(why);
	pthread_mutex_unlock(&crew->lock);
	atomic_store(&crew->stop, true);
}

bool crew_stopped(struct crew *crew)
{
	if (crew->pass->stop && atomic_load(crew->pass->stop))
		atomic_store(&crew->stop, true);
	return atomic_load(&crew->stop);
}

void crew_connected(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->connected++;
	pthread_mutex_unlock(&crew->lock);
}

void crew_heard(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->away_since = 0;
	pthread_mutex_unlock(&crew->lock);
	atomic_store(&crew->pass->progress->waiting, false);
}

void crew_lost(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	if (--crew->connected == 0 && crew->away_since == 0)
		crew->away_since = io_seconds();
	pthread_mutex_unlock(&crew->lock);
}

void crew_excuse(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	if (crew->away_since != 0)
		crew->away_since = io_seconds();
	pthread_mutex_unlock(&crew->lock);
}

double crew_away(struct crew *crew)
{
	double since;

	pthread_mutex_lock(&crew->lock);
	since = crew->away_since;
	pthread_mutex_unlock(&crew->lock);
	return since == 0 ? 0 : io_seconds() - since;
}

unsigned int crew_refused(struct crew *crew, uint64_t offset)
{
	unsigned int times = 1;
	unsigned int i = 0;

	pthread_mutex_lock(&crew->lock);
	while (i < crew->places && crew->place[i].offset != offset)
		i++;
	if (i < crew->places) {
		times = ++crew->place[i].times;
	} else if (i < CREW_PLACES) {
		crew->place[i] = (struct crew_place){offset, 1};
		crew->places++;
	} else {
		times = CREW_PLACES;
	}
	pthread_mutex_unlock(&crew->lock);
	return times;
}
