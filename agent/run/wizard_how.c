/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen with what else may be chosen about a job.  What there is to choose
 * stands in run/wizard_option; nothing is tried here.
 */
#include "run/wizard_how.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_option.h"

#define LINE_ROOM	80
#define PASSPHRASE_ROOM 1024U
#define NOT_TYPED	200 /* beside the numbers of buttons */

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

enum wizard_turn wizard_how(struct wizard_answers *answers)
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
