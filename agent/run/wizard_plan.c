/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last screens before anything is written.  The plan is not made here: the
 * job itself is run up to its plan (dryrun=), and what it said is shown.
 */
#include "run/wizard_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/load.h"
#include "run/control.h"
#include "run/credential.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_option.h"
#include "run/wizard_sizes.h"
#include "run/wizard_view.h"
#include "run/wizard_word.h"
#include "run/wizard_work.h"

#define PLAN_ROOM 16384U

/* --- the plan ------------------------------------------------------------ */

struct dry {
	struct wizard_answers *answers;
	struct config config;
	struct migrate_end end;
};

static void run_dry(void *owner)
{
	struct dry *dry = owner;

	migrate_run(&dry->config, dry->answers->report, dry->answers->orders,
		    dry->answers->machine, &dry->end);
}

static void halt(void *owner)
{
	struct dry *dry = owner;
	char answer[256];

	(void)control_obey(dry->answers->orders, "abort", answer,
			   sizeof(answer));
}

static int load_words(struct wizard_answers *answers, const char *more,
		      struct config *config, struct error **err)
{
	struct load load = *answers->load;
	char **words = NULL;
	int r = wizard_answers_words(answers, more, &words, err);

	load.typed = words;
	if (r == 0)
		r = load_config(&load, config, err);
	wizard_answers_forget_words(words);
	return r;
}

/* The password goes where a job looks for one that was typed. */
static int give_password(const struct wizard_answers *answers,
			 struct error **err)
{
	struct locked copy = {0};
	char source[640];
	int r;

	if (answers->kind != WIZARD_SSH || answers->way != WIZARD_PASSWORD)
		return 0;
	r = locked_copy(answers->password.at, answers->password.length, &copy,
			err);
	if (r == 0)
		r = credential_give(
			wizard_answers_source(answers, source, sizeof(source)),
			&copy, err);
	locked_done(&copy);
	return r;
}

/* The job up to its plan; what it failed with is in the view. */
static int make_plan(struct wizard_answers *answers, struct migrate_end *end,
		     struct error **err)
{
	struct dry dry = {.answers = answers};
	struct wizard_work work = {.run = run_dry, .halt = halt, .owner = &dry};
	int r = load_words(answers, "dryrun=yes", &dry.config, err);

	if (r == 0)
		r = give_password(answers, err);
	wizard_view_begin(report_outlets(answers->report), NULL, 0);
	if (r == 0 &&
	    !wizard_work_wait(&work, "Checking", "Nothing is written yet."))
		r = error_memory(err);
	wizard_view_end(report_outlets(answers->report));
	control_forgive(answers->orders);
	report_state(answers->report, "waiting");
	*end = dry.end;
	config_done(&dry.config);
	return r;
}

/* Those that say more than silence would. */
static bool says_more(const char *word)
{
	size_t length = strcspn(word, "=");

	for (int key = 0; key < CONFIG_KEYS; key++) {
		const struct config_parameter *row =
			config_parameter((enum config_key)key);

		if (strlen(row->name) == length &&
		    !strncmp(row->name, word, length))
			return !row->fallback ||
			       strcmp(row->fallback, word + length + 1) != 0;
	}
	return true;
}

/* A way to a key may be a secret, a passphrase is one. */
static int write_word(const char *word, char *buf, size_t room)
{
	const char *url = strstr(word, "identity=https://");
	char place[256];

	if (!strncmp(word, WIZARD_OPTION_LUKS, strlen(WIZARD_OPTION_LUKS)))
		return snprintf(buf, room,
				"  lander.luks=file:NAME or fw_cfg:NAME\n");
	if (!url && strchr(word, ' '))
		return snprintf(buf, room, "  lander.%.*s=\"%s\"\n",
				(int)strcspn(word, "="), word,
				word + strcspn(word, "=") + 1);
	if (!url)
		return snprintf(buf, room, "  lander.%s\n", word);
	url += strlen("identity=");
	parse_url_place(url, false, place, sizeof(place));
	return snprintf(buf, room, "  lander.%.*s%s\n", (int)(url - word), word,
			place);
}

static void write_words(struct wizard_answers *answers, char *buf, size_t room)
{
	char **words = NULL;
	size_t used = strlen(buf);

	if (wizard_answers_words(answers, NULL, &words, NULL) < 0)
		return;
	used += (size_t)snprintf(buf + used, room - used,
				 "\n\nThe same job without a person:\n");
	for (size_t i = 0; words[i] && used < room; i++)
		if (says_more(words[i]))
			used += (size_t)write_word(words[i], buf + used,
						   room - used);
	wizard_answers_forget_words(words);
}

static enum wizard_turn change_sizes(struct wizard_answers *answers,
				     bool *again)
{
	enum wizard_turn turn =
		wizard_sizes(answers, answers->plan ? answers->plan : "");

	*again = turn == WIZARD_NEXT;
	return turn;
}

static enum wizard_turn show_failure(struct wizard_answers *answers,
				     bool *again)
{
	static const char *const back[] = {"Back", NULL};
	static const char *const sizes[] = {"Sizes", "Back", NULL};
	struct wizard_view view;
	char text[2048];
	struct wizard_box box = {
		.title = "This job can't be done so",
		.text = text,
		.button = wizard_answers_parts(answers) ? sizes : back};
	int answer;

	wizard_view_read(&view);
	(void)snprintf(text, sizeof(text),
		       "%s\n\nTry: %s\n\nNothing was written.",
		       *view.failure ? view.failure : "It failed.",
		       *view.hint ? view.hint : "go back and change something");
	do {
		answer = wizard_box_run(&box);
		if (answer < 0)
			return WIZARD_QUIT;
		if (answer || box.button == back)
			return WIZARD_BACK;
	} while (change_sizes(answers, again) == WIZARD_BACK);
	return *again ? WIZARD_NEXT : WIZARD_QUIT;
}

static enum wizard_turn show(struct wizard_answers *answers, bool *again)
{
	static const char *const blocks[] = {"Next", "Back", NULL};
	static const char *const files[] = {"Next", "Sizes", "Back", NULL};
	const int back = answers->files ? 2 : 1;
	char *text = calloc(1, PLAN_ROOM);
	struct wizard_box box = {.title = "5 of 6: the plan",
				 .text = text,
				 .button = answers->files ? files : blocks};
	enum wizard_turn turn = WIZARD_BACK;

	if (!text)
		return WIZARD_BACK;
	if (!report_kept(answers->report, text, PLAN_ROOM))
		(void)snprintf(text, PLAN_ROOM,
			       "There is nothing to copy: the "
			       "disk holds this job already.");
	if (answers->files) {
		free(answers->plan);
		answers->plan = strdup(text);
	}
	write_words(answers, text, PLAN_ROOM);
	while (turn == WIZARD_BACK) {
		int answer = wizard_box_run(&box);

		if (answer == back)
			break;
		turn = answer < 0    ? WIZARD_QUIT
		       : answer == 0 ? wizard_word(answers)
				     : change_sizes(answers, again);
	}
	free(text);
	return turn;
}

static enum wizard_turn plan_once(struct wizard_answers *answers, bool *again)
{
	struct migrate_end end = {0};
	struct error *error = NULL;

	if (make_plan(answers, &end, &error) < 0) {
		int answer = wizard_box_tell("These words do not fit together",
					     error->msg, "Back");

		error_free(error);
		return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
	}
	if (end.status == ERROR_ABORTED)
		return WIZARD_BACK;
	if (end.status)
		return show_failure(answers, again);
	answers->files = end.files;
	return show(answers, again);
}

enum wizard_turn wizard_plan_show(struct wizard_answers *answers)
{
	enum wizard_turn turn;
	bool again;

	do {
		again = false;
		turn = plan_once(answers, &again);
	} while (again);
	return turn;
}
