/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last word: it has to be typed, so that no key alone begins anything.
 */
#include "run/wizard_word.h"

#include <stdio.h>
#include <string.h>

#include "run/wizard_answers.h"
#include "run/wizard_box.h"

#define WORD_ROOM 512

enum wizard_turn wizard_word(struct wizard_answers *answers)
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
