/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of the machine between this one and the source.  It is entered
 * with a key only: a password would be typed for a machine that nobody wants to
 * copy, and it would be the source's.
 */
#include "run/wizard_jump.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_hostkey.h"
#include "run/wizard_meet.h"

static enum wizard_turn type_key(struct wizard_answers *answers)
{
	static const char *const buttons[] = {"Next", "Back", NULL};
	const struct wizard_field field = {"Private key", answers->jump_key,
					   sizeof(answers->jump_key), NULL};
	char text[768];
	struct wizard_box box = {.title = "The key of the jump host",
				 .text = text,
				 .field = &field,
				 .fields = 1,
				 .button = buttons};

	(void)snprintf(text, sizeof(text),
		       "%s is entered with a key, and has to allow forwarding: "
		       "file:NAME, a file on a volume labelled LANDER; "
		       "fw_cfg:NAME; the path of a file here; or https://..., "
		       "which is asked once. It must have no passphrase.",
		       answers->jump);
	for (;;) {
		int answer = wizard_box_run(&box);

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		if (*answers->jump_key)
			return WIZARD_NEXT;
	}
}

enum wizard_turn wizard_jump(struct wizard_answers *answers)
{
	struct error *error = NULL;
	enum wizard_turn turn;

	if (strpbrk(answers->jump, "/?# \t\",")) {
		(void)error_set(&error, ERROR_CONFIG, 0,
				"'%s' is not [USER@]HOST[:PORT]",
				answers->jump);
		return wizard_hostkey_tell("That is no jump host", error);
	}
	if (wizard_meet_jump(answers, &error) < 0)
		return wizard_hostkey_tell("The jump host does not answer",
					   error);
	turn = wizard_hostkey_accept(answers->jump, answers->jump_shown);
	return turn == WIZARD_NEXT ? type_key(answers) : turn;
}
