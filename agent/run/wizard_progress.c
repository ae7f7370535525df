/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen of a job that runs.  What it shows comes from the report, and what
 * is ordered here goes the way of every order: it decides nothing.
 */
#include "run/wizard_progress.h"

#include <math.h>
#include <newt.h>
#include <stdio.h>
#include <string.h>

#include "run/control.h"
#include "run/forecast.h"
#include "run/status.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_screen.h"
#include "run/wizard_view.h"
#include "run/wizard_work.h"

#define LOOK_MS 500
#define WIDTH	70
#define BARS	8U
#define BAR	55
#define LINES	6
#define MB	1000000.0

struct drawn {
	newtComponent form;
	newtComponent what;
	newtComponent pace;
	newtComponent rounds;
	newtComponent bar[BARS];
	newtComponent lines;
	newtComponent cutover;
	newtComponent pause;
	newtComponent abort;
	size_t bars;
	bool awaiting; /* what it was drawn for */
	bool paused;
};

static bool is_awaiting(const struct wizard_view *view)
{
	return !strcmp(view->state, "awaiting-cutover");
}

/* --- words --------------------------------------------------------------- */

static const char *words_of(const struct wizard_view *view)
{
	static const struct {
		const char *stage;
		const char *words;
	} rows[] = {{"probe", "Looking at the disks"},
		    {"check", "Checking"},
		    {"plan", "Making the plan"},
		    {"full", "Copying all of it"},
		    {"delta", "Copying what changed meanwhile"},
		    {"final", "Stopping the source, and the last comparison"},
		    {"verify", "Reading the copy back"},
		    {"convert", "Making the copy fit this machine"},
		    {"fence", "Taking the source out of service"},
		    {"commit", "Making the copy bootable"}};

	if (is_awaiting(view))
		return "Ready. The copy keeps up with the source, which still "
		       "runs";
	if (view->paused)
		return "Paused: nothing is read from the source";
	if (view->waiting)
		return "The source does not answer; trying again";
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(view->stage, rows[i].stage))
			return rows[i].words;
	return "Beginning";
}

static void write_pace(const struct wizard_view *view, char *buf, size_t room)
{
	const struct wizard_view_disk *disk = &view->disk[view->now];
	char left[32] = "?";

	*buf = '\0';
	if (view->now >= view->disks)
		return;
	if (view->rate > 1 && disk->total >= disk->done)
		(void)forecast_time((double)(disk->total - disk->done) /
					    view->rate,
				    left, sizeof(left));
	(void)snprintf(buf, room, "%s: %.1f MB/s, %.0f of %.0f MB, %s left",
		       disk->label, view->rate / MB, (double)disk->done / MB,
		       (double)disk->total / MB, left);
}

static void write_rounds(const struct wizard_view *view, char *buf, size_t room)
{
	const struct status_rounds *rounds = &view->rounds;
	char predicted[32];
	char allowed[32];

	*buf = '\0';
	if (!rounds->round)
		return;
	if (!isfinite(rounds->predicted_s))
		(void)snprintf(predicted, sizeof(predicted), "not yet known");
	else
		(void)forecast_time(rounds->predicted_s, predicted,
				    sizeof(predicted));
	(void)snprintf(
		buf, room,
		"round %u: %.1f MB changed; predicted downtime %s, "
		"allowed %s",
		rounds->round, (double)rounds->differing / MB, predicted,
		forecast_time(rounds->budget_s, allowed, sizeof(allowed)));
}

static void write_lines(const struct wizard_view *view, char *buf, size_t room)
{
	unsigned long from = view->lines > LINES ? view->lines - LINES : 0;
	size_t used = 0;

	*buf = '\0';
	for (unsigned long n = from; n < view->lines && used < room; n++) {
		char line[WIZARD_VIEW_LINE];

		(void)snprintf(line, sizeof(line), "%s",
			       view->line[n % WIZARD_VIEW_LINES]);
		wizard_screen_fit(line, WIDTH);
		used += (size_t)snprintf(buf + used, room - used, "%s\n", line);
	}
}

/* --- the screen ---------------------------------------------------------- */

static void set_label(newtComponent label, char *text)
{
	char line[WIDTH + 1];

	wizard_screen_fit(text, WIDTH);
	/* What was longer before has to go. */
	(void)snprintf(line, sizeof(line), "%-*.*s", WIDTH, WIDTH, text);
	newtLabelSetText(label, line);
}

static void fill(struct drawn *drawn, const struct wizard_view *view)
{
	char text[LINES * (WIDTH + 1) + 1];

	(void)snprintf(text, sizeof(text), "%s", words_of(view));
	set_label(drawn->what, text);
	write_pace(view, text, sizeof(text));
	set_label(drawn->pace, text);
	write_rounds(view, text, sizeof(text));
	set_label(drawn->rounds, text);
	for (size_t i = 0; i < drawn->bars; i++) {
		const struct wizard_view_disk *disk = &view->disk[i];
		int percent = disk->total
				      ? status_percent(disk->done, disk->total)
				      : 0;

		newtScaleSet(drawn->bar[i], (unsigned long long)percent);
	}
	write_lines(view, text, sizeof(text));
	newtTextboxSetText(drawn->lines, text);
}

static void add_bars(struct drawn *drawn, const struct wizard_view *view,
		     int top)
{
	for (size_t i = 0; i < drawn->bars; i++, top++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "%-12.12s",
			       view->disk[i].name);
		drawn->bar[i] = newtScale(15, top, BAR, 100);
		newtFormAddComponents(drawn->form, newtLabel(1, top, name),
				      drawn->bar[i], NULL);
	}
}

static void add_buttons(struct drawn *drawn, const struct wizard_view *view,
			int top)
{
	drawn->awaiting = is_awaiting(view);
	drawn->paused = view->paused;
	if (drawn->awaiting)
		drawn->cutover =
			newtCompactButton(1, top, "Stop the source now");
	drawn->pause = newtCompactButton(drawn->awaiting ? 27 : 1, top,
					 drawn->paused ? "Go on" : "Pause");
	drawn->abort =
		newtCompactButton(drawn->awaiting ? 40 : 14, top, "Give up");
	if (drawn->cutover)
		newtFormAddComponent(drawn->form, drawn->cutover);
	newtFormAddComponents(drawn->form, drawn->pause, drawn->abort, NULL);
}

static void draw(struct drawn *drawn, const struct wizard_view *view)
{
	int top;

	*drawn = (struct drawn){0};
	drawn->bars = view->disks < BARS ? view->disks : BARS;
	top = (int)drawn->bars;
	(void)newtCenteredWindow(WIDTH + 2, (unsigned int)top + LINES + 8,
				 "6 of 6: the copy");
	drawn->form = newtForm(NULL, NULL, NEWT_FLAG_NOF12);
	drawn->what = newtLabel(1, 0, "");
	add_bars(drawn, view, 2);
	drawn->pace = newtLabel(1, top + 3, "");
	drawn->rounds = newtLabel(1, top + 4, "");
	drawn->lines = newtTextbox(1, top + 6, WIDTH, LINES, 0);
	newtFormAddComponents(drawn->form, drawn->what, drawn->pace,
			      drawn->rounds, drawn->lines, NULL);
	add_buttons(drawn, view, top + LINES + 7);
	newtFormAddHotKey(drawn->form, NEWT_KEY_RESIZE);
	newtFormSetTimer(drawn->form, LOOK_MS);
	fill(drawn, view);
}

static void erase(struct drawn *drawn)
{
	newtFormDestroy(drawn->form);
	newtPopWindow();
}

/* --- orders -------------------------------------------------------------- */

static void order(struct wizard_answers *answers, const char *word)
{
	char answer[512];

	if (control_obey(answers->orders, word, answer, sizeof(answer)))
		(void)wizard_box_tell("Not now", answer, "Back");
}

static void ask_cutover(struct wizard_answers *answers,
			const struct wizard_view *view)
{
	static const char *const buttons[] = {"Stop the source now", "Not yet",
					      NULL};
	char text[512];
	char predicted[32];
	struct wizard_box box = {.title = "Stop the source now?",
				 .text = text,
				 .button = buttons,
				 .first = 1};

	(void)snprintf(text, sizeof(text),
		       "The copy keeps up with the source. When the source is "
		       "stopped, what changed last is copied, all of it is "
		       "compared, and this machine takes over. Predicted "
		       "downtime: %s.\n\nUntil you say so, the source runs and "
		       "the copy follows it.",
		       isfinite(view->rounds.predicted_s)
			       ? forecast_time(view->rounds.predicted_s,
					       predicted, sizeof(predicted))
			       : "not known");
	if (wizard_box_run(&box) == 0)
		order(answers, "cutover");
}

static void ask_abort(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Give up", "Go on", NULL};
	struct wizard_box box = {
		.title = "Give up this job?",
		.text = "The source goes on as it is. The target keeps what "
			"it has and can't be started by mistake; the same job "
			"goes on from there when it is started again.",
		.button = buttons,
		.first = 1};

	if (wizard_box_run(&box) == 0)
		order(answers, "abort");
}

static void obey(struct wizard_answers *answers, const struct drawn *drawn,
		 newtComponent pressed)
{
	if (drawn->cutover && pressed == drawn->cutover)
		order(answers, "cutover");
	else if (pressed == drawn->pause)
		order(answers, drawn->paused ? "resume" : "pause");
	else if (pressed == drawn->abort)
		ask_abort(answers);
}

static void look(struct wizard_answers *answers, struct wizard_work *work)
{
	struct wizard_view view;
	struct drawn drawn;
	bool asked = false;

	wizard_view_read(&view);
	draw(&drawn, &view);
	while (!atomic_load(&work->done) && !wizard_screen_over()) {
		struct newtExitStruct end = {0};

		newtFormRun(drawn.form, &end);
		wizard_view_read(&view);
		if (end.reason == NEWT_EXIT_ERROR)
			wizard_screen_lost();
		else if (end.reason == NEWT_EXIT_COMPONENT)
			obey(answers, &drawn, end.u.co);
		if (!asked && is_awaiting(&view)) {
			asked = true;
			fill(&drawn, &view);
			ask_cutover(answers, &view);
		}
		wizard_view_read(&view);
		if (end.reason == NEWT_EXIT_HOTKEY ||
		    drawn.awaiting != is_awaiting(&view) ||
		    drawn.paused != view.paused) {
			erase(&drawn);
			if (end.reason == NEWT_EXIT_HOTKEY)
				wizard_screen_renew();
			draw(&drawn, &view);
		}
		fill(&drawn, &view);
	}
	erase(&drawn);
}

void wizard_progress(struct wizard_answers *answers, struct wizard_work *work)
{
	if (!wizard_work_start(work))
		return;
	look(answers, work);
	wizard_work_join();
}
