/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the screens show of a job: told by the report, as others are, kept for
 * the thread that draws.  It asks nobody and waits for nobody.
 */
#include "run/wizard_view.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "copy/pass.h"
#include "run/outlets.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct wizard_view view;

static bool is_word_in(const char *label, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = label; (at = strstr(at, name)); at++)
		if ((at == label || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ' '))
			return true;
	return false;
}

static void take_pass(const struct status *status)
{
	const struct pass_progress *pass = status->progress;
	struct wizard_view_disk *disk;

	/* A pass that is over did all of it, or the job has failed. */
	if (!pass && view.now < view.disks && !status->failure)
		view.disk[view.now].done = view.disk[view.now].total;
	view.now = view.disks;
	view.waiting = pass && atomic_load(&pass->waiting);
	for (size_t i = 0; pass && i < view.disks; i++)
		if (is_word_in(status->pass, view.disk[i].name))
			view.now = i;
	if (view.now == view.disks)
		return;
	disk = &view.disk[view.now];
	(void)snprintf(disk->label, sizeof(disk->label), "%s", status->pass);
	disk->done = atomic_load(&pass->done);
	disk->total = atomic_load(&pass->total);
}

static void take_event(void *owner, const char *kind,
		       const struct status *status)
{
	(void)owner;
	(void)kind;
	(void)pthread_mutex_lock(&lock);
	(void)snprintf(view.stage, sizeof(view.stage), "%s", status->stage);
	(void)snprintf(view.state, sizeof(view.state), "%s", status->state);
	(void)snprintf(view.failure, sizeof(view.failure), "%s",
		       status->failure ? status->failure : "");
	(void)snprintf(view.hint, sizeof(view.hint), "%s",
		       status->hint ? status->hint : "");
	view.rate = status->progress ? status->rate : 0;
	view.paused = status->paused;
	view.rounds = status->rounds;
	take_pass(status);
	(void)pthread_mutex_unlock(&lock);
}

static void take_line(void *owner, const char *text)
{
	(void)owner;
	(void)pthread_mutex_lock(&lock);
	(void)snprintf(view.line[view.lines % WIZARD_VIEW_LINES],
		       WIZARD_VIEW_LINE, "%s", text);
	view.lines++;
	(void)pthread_mutex_unlock(&lock);
}

static const struct outlets_observer observer = {
	.event = take_event,
	.line = take_line,
};

void wizard_view_begin(struct outlets *outlets, const char *const *names,
		       size_t count)
{
	(void)pthread_mutex_lock(&lock);
	view = (struct wizard_view){0};
	for (size_t i = 0; i < count && i < WIZARD_VIEW_DISKS; i++)
		(void)snprintf(view.disk[view.disks++].name,
			       sizeof(view.disk[0].name), "%s", names[i]);
	view.now = view.disks;
	(void)pthread_mutex_unlock(&lock);
	outlets_observe(outlets, &observer);
}

void wizard_view_end(struct outlets *outlets)
{
	outlets_observe(outlets, NULL);
}

void wizard_view_read(struct wizard_view *ret)
{
	(void)pthread_mutex_lock(&lock);
	*ret = view;
	(void)pthread_mutex_unlock(&lock);
}
