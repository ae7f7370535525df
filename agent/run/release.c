/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A conversion takes minutes, with programs of the copied system that may take
 * half an hour, and looks at no order to stop.  The source must not wait for
 * that: a thread of its own looks, and lets it go.
 */
#include "run/release.h"

#include <pthread.h>
#include <unistd.h>

#include "base/log.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"

#define LOOK_US 100000

static void *watch(void *owner)
{
	struct migrate *m = owner;

	while (!atomic_load(m->stop)) {
		if (atomic_load(&m->live.watch_over))
			return NULL;
		(void)usleep(LOOK_US);
	}
	live_release(m);
	report_say(m->report,
		   "stopping by order; %s; the conversion is ended "
		   "first",
		   live_words(m));
	return NULL;
}

void release_watch(struct migrate *m)
{
	struct live *live = &m->live;

	if (!live->held || live->fenced)
		return;
	atomic_store(&live->watch_over, false);
	live->watched = pthread_create(&live->watcher, NULL, watch, m) == 0;
	if (!live->watched)
		log_warn("live", "no thread looks for an order to stop: the "
				 "source waits for the end of the conversion");
}

void release_end(struct migrate *m)
{
	struct live *live = &m->live;

	if (!live->watched)
		return;
	atomic_store(&live->watch_over, true);
	(void)pthread_join(live->watcher, NULL);
	live->watched = false;
}
