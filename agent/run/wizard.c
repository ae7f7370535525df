/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wizard: a person's answers become the words of a job, and that job is run
 * as every other one is.  Until its last word is typed nothing is touched, and
 * every screen leads back to the one before.
 */
#include "run/wizard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/load.h"
#include "run/code.h"
#include "run/console.h"
#include "run/control.h"
#include "run/credential.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/wizard_answers.h"
#include "run/wizard_disks.h"
#include "run/wizard_door.h"
#include "run/wizard_how.h"
#include "run/wizard_network.h"
#include "run/wizard_option.h"
#include "run/wizard_plan.h"
#include "run/wizard_progress.h"
#include "run/wizard_result.h"
#include "run/wizard_screen.h"
#include "run/wizard_source.h"
#include "run/wizard_view.h"
#include "run/wizard_work.h"

/* --- what is there before ------------------------------------------------ */

/* "after=wait" is what the words from elsewhere say already. */
static bool is_said(const struct config *config, const char *word)
{
	size_t length = strcspn(word, "=");
	size_t rest = length ? strcspn(word, " ") - length - 1 : 0;

	for (int key = 0; length && key < CONFIG_KEYS; key++) {
		const char *name = config_parameter((enum config_key)key)->name;

		if (strlen(name) == length && !strncmp(name, word, length))
			return config->value[key].text &&
			       strlen(config->value[key].text) == rest &&
			       !strncmp(config->value[key].text,
					word + length + 1, rest);
	}
	return false;
}

static void take_options(struct wizard_answers *answers,
			 const struct config *config)
{
	const struct wizard_option *option;

	for (size_t i = 0; (option = wizard_option(i)); i++)
		for (size_t c = 0;
		     c < WIZARD_OPTION_CHOICES && option->choice[c].word; c++)
			if (is_said(config, option->choice[c].word))
				answers->option[i] = c;
}

static void begin(const struct wizard_job *job, struct wizard_answers *answers)
{
	struct config config = {0};

	*answers = (struct wizard_answers){.report = job->report,
					   .orders = job->orders,
					   .load = job->load,
					   .machine = job->machine,
					   .stop = job->stop,
					   .user = "root",
					   .port = "22"};
	if (job->given)
		take_options(answers, job->given);
	else if (load_config(job->load, &config, NULL) == 0)
		take_options(answers, &config);
	config_done(&config);
}

/* --- from the first screen to the last word ------------------------------ */

static enum wizard_turn ask(struct wizard_answers *answers, size_t *step)
{
	static enum wizard_turn (*const screens[])(
		struct wizard_answers *answers) = {
		wizard_network, wizard_source, wizard_disks, wizard_how,
		wizard_plan_show};
	const size_t count = sizeof(screens) / sizeof(*screens);

	while (*step < count) {
		enum wizard_turn turn = screens[*step](answers);

		if (wizard_screen_over())
			turn = WIZARD_QUIT;
		if (turn == WIZARD_QUIT)
			return turn;
		if (turn == WIZARD_NEXT)
			(*step)++;
		else if (*step)
			(*step)--;
	}
	*step = count - 1;
	return WIZARD_NEXT;
}

static int hand_over(const struct wizard_job *job,
		     struct wizard_answers *answers, struct error **err)
{
	char **words = NULL;
	int r = wizard_answers_words(answers, NULL, &words, err);

	if (r < 0)
		return r;
	wizard_forget(job->load);
	job->load->typed = words;
	return 0;
}

struct task {
	const struct wizard_job *job;
	struct migrate_end *end;
};

static void run_task(void *owner)
{
	struct task *task = owner;

	task->job->run(task->job->owner, task->end);
}

static void run_job(const struct wizard_job *job,
		    struct wizard_answers *answers, struct migrate_end *end)
{
	struct task task = {job, end};
	struct wizard_work work = {.run = run_task, .owner = &task};
	size_t target[WIZARD_DISKS];
	const char *names[WIZARD_DISKS] = {"files"};
	size_t count = 1;

	/* Files go through one pass to all disks. */
	if (!answers->files)
		count = wizard_answers_targets(answers, target);
	for (size_t i = 0; !answers->files && i < count; i++)
		names[i] = answers->targets.disk[target[i]].name;
	*end = (struct migrate_end){.status = ERROR_INTERNAL};
	wizard_view_begin(report_outlets(job->report), names, count);
	report_state(job->report, "running");
	wizard_progress(answers, &work);
	wizard_view_end(report_outlets(job->report));
	control_forgive(job->orders);
}

/* 0 when a job was run, 1 when it was left before. */
static int go(const struct wizard_job *job, struct wizard_answers *answers,
	      struct migrate_end *end, struct error **err)
{
	size_t step = 0;

	for (;;) {
		enum wizard_result result;

		if (ask(answers, &step) == WIZARD_QUIT)
			return 1;
		if (hand_over(job, answers, err) < 0)
			return -1;
		do {
			run_job(job, answers, end);
			result = wizard_result(answers, end);
		} while (result == WIZARD_AGAIN);
		if (result != WIZARD_CHANGE)
			return 0;
	}
}

int wizard_run(const struct wizard_job *job, const char *terminal,
	       struct migrate_end *ret_end, struct error **err)
{
	struct console *console = report_lines(job->report);
	const char *lent = terminal ? terminal : "/dev/tty";
	struct wizard_answers answers;
	int r;

	begin(job, &answers);
	console_lend(console, lent, true);
	r = wizard_screen_open(terminal, job->stop, err);
	if (r == 0) {
		r = go(job, &answers, ret_end, err);
		wizard_screen_close();
	}
	console_lend(console, lent, false);
	wizard_answers_done(&answers);
	return r;
}

/* --- in the live system -------------------------------------------------- */

bool wizard_is_due(const struct config *config)
{
	return !config_text(config, CONFIG_SOURCE) &&
	       !config_text(config, CONFIG_CONFIG) &&
	       !config_text(config, CONFIG_SERVE) &&
	       config_is(config, CONFIG_ONFAIL, "wait");
}

bool wizard_live(const struct wizard_job *job, struct migrate_end *ret_end)
{
	for (;;) {
		struct error *error = NULL;
		const char *terminal =
			wizard_door_wait(job->report, job->orders, job->stop);
		int r;

		if (!terminal)
			return false;
		report_say(job->report, "a job is set up on %s", terminal);
		r = wizard_run(job, terminal, ret_end, &error);
		if (r == 0)
			return true;
		if (r < 0)
			report_error(job->report, "wizard", error);
		else
			report_say(job->report,
				   "the wizard was left; nothing was touched");
		credential_forget();
	}
}

void wizard_forget(struct load *load)
{
	char **words = (char **)load->typed;

	load->typed = NULL;
	if (words)
		wizard_answers_forget_words(words);
}
