/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work beside a screen: the screen's thread stays with the keys, so that
 * somebody can always say stop.  One at a time.
 */
#include "run/wizard_work.h"

#include <newt.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "run/wizard_screen.h"
#include "run/wizard_view.h"

#define LOOK_MS 200
#define WIDTH	68

static pthread_t thread;

static void *run(void *owner)
{
	struct wizard_work *work = owner;

	work->run(work->owner);
	atomic_store(&work->done, true);
	return NULL;
}

bool wizard_work_start(struct wizard_work *work)
{
	atomic_store(&work->done, false);
	return pthread_create(&thread, NULL, run, work) == 0;
}

void wizard_work_join(void)
{
	(void)pthread_join(thread, NULL);
}

/* What it says of itself, when it does. */
static void show_line(newtComponent label)
{
	struct wizard_view view;
	char line[WIDTH + 1];

	wizard_view_read(&view);
	if (!view.lines)
		return;
	(void)snprintf(line, sizeof(line), "%-*.*s", WIDTH, WIDTH,
		       view.line[(view.lines - 1) % WIZARD_VIEW_LINES]);
	wizard_screen_plain(line);
	newtLabelSetText(label, line);
}

static void look(struct wizard_work *work, newtComponent form,
		 newtComponent label)
{
	bool halted = false;

	while (!atomic_load(&work->done) && !wizard_screen_over()) {
		struct newtExitStruct end = {0};

		newtFormRun(form, &end);
		if (end.reason == NEWT_EXIT_ERROR)
			wizard_screen_lost();
		if (end.reason == NEWT_EXIT_COMPONENT && !halted) {
			halted = true;
			newtLabelSetText(label, "stopping ...");
			work->halt(work->owner);
		}
		if (!halted)
			show_line(label);
	}
}

bool wizard_work_wait(struct wizard_work *work, const char *title,
		      const char *text)
{
	newtComponent form;
	newtComponent label;
	char first[256];

	if (!wizard_work_start(work))
		return false;
	(void)snprintf(first, sizeof(first), "%s", text);
	wizard_screen_fit(first, WIDTH);
	(void)newtCenteredWindow(WIDTH + 2, 5, title);
	form = newtForm(NULL, NULL, NEWT_FLAG_NOF12);
	label = newtLabel(1, 2, "");
	newtFormAddComponents(form, newtLabel(1, 0, first), label,
			      newtCompactButton(WIDTH / 2 - 3, 4, "Stop"),
			      NULL);
	newtFormSetTimer(form, LOOK_MS);
	look(work, form, label);
	newtFormDestroy(form);
	newtPopWindow();
	if (wizard_screen_over())
		work->halt(work->owner);
	wizard_work_join();
	return true;
}
