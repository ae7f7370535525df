/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is it that machine?  Only a person who compares can say so; no answer is
 * suggested but the careful one.
 */
#include "run/wizard_hostkey.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "run/wizard_box.h"

enum wizard_turn wizard_hostkey_tell(const char *title, struct error *error)
{
	int answer = WIZARD_BOX_GONE;

	if (error->kind == ERROR_ABORTED) {
		error_free(error);
		return WIZARD_BACK;
	}
	answer = wizard_box_tell(title, error->msg, "Back");
	error_free(error);
	return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
}

enum wizard_turn wizard_hostkey_accept(const char *host, const char *shown)
{
	static const char *const buttons[] = {"It is the same", "Back", NULL};
	char text[1024];
	struct wizard_box box = {.title = "Is it the right machine?",
				 .text = text,
				 .button = buttons,
				 .first = 1};
	int answer;

	(void)snprintf(text, sizeof(text),
		       "%s shows this host key:\n\n  %s\n\nCompare it with "
		       "that machine's own. On its console run\n\n  "
		       "ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub\n\nWhen "
		       "both are the same, nobody stands between the two "
		       "machines. From then on only this key is taken.",
		       host, shown,
		       !strncmp(shown, "ED25519", 7) ? "ed25519"
		       : !strncmp(shown, "ECDSA", 5) ? "ecdsa"
						     : "rsa");
	answer = wizard_box_run(&box);
	if (answer < 0)
		return WIZARD_QUIT;
	return answer == 0 ? WIZARD_NEXT : WIZARD_BACK;
}
