/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last screens before anything is written.  The plan is not made here: the
 * job itself is run up to its plan (dryrun=), and what it said is shown.  Then
 * a word has to be typed, and no key alone begins anything.
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
#include "run/wizard_view.h"
#include "run/wizard_work.h"

#define LINE_ROOM	80
#define PLAN_ROOM	16384U
#define WORD_ROOM	512
#define PASSPHRASE_ROOM 1024U
#define NOT_TYPED	200 /* beside the numbers of buttons */

/* --- options ------------------------------------------------------------- */

static int choose(struct wizard_answers *answers, size_t which)
{
	const struct wizard_option *option = wizard_option(which);
	char lines[WIZARD_OPTION_CHOICES][LINE_ROOM];
	char *items[WIZARD_OPTION_CHOICES];
	static const char *const buttons[] = {"Choose", "Back", NULL};
	struct wizard_box box = {.title = option->question,
				 .item = items,
				 .chosen = answers->option[which],
				 .button = buttons};
	int answer;

	while (box.items < WIZARD_OPTION_CHOICES &&
	       option->choice[box.items].words) {
		(void)snprintf(lines[box.items], LINE_ROOM, "%s",
			       option->choice[box.items].words);
		items[box.items] = lines[box.items];
		box.items++;
	}
	answer = wizard_box_run(&box);
	if (answer == 0 || answer == WIZARD_BOX_ITEM)
		answers->option[which] = box.chosen;
	return answer;
}

/* Anew each time: nobody can read what stands there. */
static int type_passphrase(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Next", "Back", NULL};
	const struct wizard_field field = {.label = "Passphrase",
					   .secret = &answers->luks};
	struct wizard_box box = {
		.title = "Encrypted volumes",
		.text = "One passphrase that opens the LUKS containers of the "
			"copy, so that the system in them can be made to start "
			"here. It is not shown, and in no file; it is "
			"forgotten "
			"when this job is over.",
		.field = &field,
		.fields = 1,
		.button = buttons};
	struct error *error = NULL;
	int answer;

	do {
		locked_done(&answers->luks);
		if (locked_begin(PASSPHRASE_ROOM, &answers->luks, &error) < 0) {
			error_free(error);
			return NOT_TYPED;
		}
		answer = wizard_box_run(&box);
	} while (answer == 0 && !answers->luks.length);
	return answer > 0 ? NOT_TYPED : answer;
}

static size_t list(const struct wizard_answers *answers,
		   char (*lines)[LINE_ROOM], char **items, size_t *index)
{
	const struct wizard_option *option;
	size_t count = 0;

	for (size_t i = 0; (option = wizard_option(i)); i++) {
		if (!wizard_option_counts(answers, i))
			continue;
		(void)snprintf(lines[count], LINE_ROOM, "%-31s %s",
			       option->question,
			       option->choice[answers->option[i]].words);
		items[count] = lines[count];
		index[count++] = i;
	}
	return count;
}

enum wizard_turn wizard_plan_options(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Next", "Change", "Back", NULL};
	char lines[WIZARD_OPTIONS][LINE_ROOM];
	char *items[WIZARD_OPTIONS];
	size_t index[WIZARD_OPTIONS];
	struct wizard_box box = {.title = "4 of 6: how it is done",
				 .text = "Enter on a line changes it. All "
					 "of it may stay as it is.",
				 .item = items,
				 .button = buttons};

	for (;;) {
		int answer;

		box.items = list(answers, lines, items, index);
		answer = wizard_box_run(&box);
		if (answer < 0)
			return WIZARD_QUIT;
		if (answer == 0 && wizard_answers_opens(answers))
			answer = type_passphrase(answers);
		if (answer == 0)
			return WIZARD_NEXT;
		if (answer == 2)
			return WIZARD_BACK;
		if (answer < 0)
			return WIZARD_QUIT;
		if (answer == NOT_TYPED)
			continue;
		if (choose(answers, index[box.chosen]) < 0)
			return WIZARD_QUIT;
	}
}

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

static enum wizard_turn confirm(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Begin", "Back", NULL};
	char full[WORD_ROOM];
	char typed[WORD_ROOM] = "";
	char text[2048];
	const char *word = wizard_answers_full(answers, full, sizeof(full));
	const struct wizard_field field = {"Type it here", typed, sizeof(typed),
					   NULL};
	struct wizard_box box = {.title = "5 of 6: the last word",
				 .text = text,
				 .field = &field,
				 .fields = 1,
				 .button = buttons};

	if (*word)
		(void)snprintf(text, sizeof(text),
			       "WHAT IS ON %s NOW WILL BE LOST.\n\nIf that is "
			       "what you want, type the name%s: %s",
			       word, strchr(word, ',') ? "s, with commas" : "",
			       word);
	else
		(void)snprintf(text, sizeof(text),
			       "The target is empty. To begin the copy, type "
			       "the word: %s",
			       word = "copy");
	for (;;) {
		int answer = wizard_box_run(&box);

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		if (!strcmp(typed, word))
			return WIZARD_NEXT;
		answer = wizard_box_tell("That is another word",
					 "Nothing was begun, and nothing was "
					 "written.",
					 "Back");
		if (answer < 0)
			return WIZARD_QUIT;
	}
}

static enum wizard_turn show_failure(void)
{
	struct wizard_view view;
	char text[2048];

	wizard_view_read(&view);
	(void)snprintf(text, sizeof(text),
		       "%s\n\nTry: %s\n\nNothing was written.",
		       *view.failure ? view.failure : "It failed.",
		       *view.hint ? view.hint : "go back and change something");
	return wizard_box_tell("This job can't be done so", text, "Back") < 0
		       ? WIZARD_QUIT
		       : WIZARD_BACK;
}

static enum wizard_turn show(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Next", "Back", NULL};
	char *text = calloc(1, PLAN_ROOM);
	struct wizard_box box = {
		.title = "5 of 6: the plan", .text = text, .button = buttons};
	enum wizard_turn turn = WIZARD_BACK;

	if (!text)
		return WIZARD_BACK;
	if (!report_kept(answers->report, text, PLAN_ROOM))
		(void)snprintf(text, PLAN_ROOM,
			       "There is nothing to copy: the "
			       "disk holds this job already.");
	write_words(answers, text, PLAN_ROOM);
	while (turn == WIZARD_BACK) {
		int answer = wizard_box_run(&box);

		turn = WIZARD_QUIT;
		if (answer == 0)
			turn = confirm(answers);
		if (answer == 1) {
			turn = WIZARD_BACK;
			break;
		}
	}
	free(text);
	return turn;
}

enum wizard_turn wizard_plan_show(struct wizard_answers *answers)
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
	return end.status ? show_failure() : show(answers);
}
