/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of the source: which kind, where, and how one gets in.  A slip
 * leads back to the field that it was typed into.
 */
#include "run/wizard_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "net/locked.h"
#include "run/code.h"
#include "run/credential.h"
#include "run/wizard_answers.h"
#include "run/wizard_box.h"
#include "run/wizard_hostkey.h"
#include "run/wizard_jump.h"
#include "run/wizard_meet.h"

#define SECRET_ROOM 1024U
#define COUNT(a)    (sizeof(a) / sizeof(*(a)))

static const char *const next_back[] = {"Next", "Back", NULL};

/* Letters that would end a part of the address. */
static int check_word(const char *what, const char *text, struct error **err)
{
	if (!*text)
		return error_set(err, ERROR_CONFIG, 0, "%s is empty", what);
	if (strchr(text, '@'))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: '%s' has an @ in it: the user and the "
				 "address each have a line of their own",
				 what, text);
	if (strpbrk(text, "/?# \t\","))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: '%s' has a letter that can't be in it",
				 what, text);
	return 0;
}

static int check_place(const struct wizard_answers *answers, struct error **err)
{
	uint64_t port;
	int r = check_word("the address", answers->host, err);

	if (r == 0 && answers->kind == WIZARD_SSH)
		r = check_word("the user", answers->user, err);
	if (r == 0 && strpbrk(answers->only, "?# \t\","))
		r = error_set(err, ERROR_CONFIG, 0, "'%s' is no name of a disk",
			      answers->only);
	if (r == 0) {
		r = parse_number(answers->port, 1, 65535, &port, err);
		if (r < 0)
			return error_wrap(err, "the port");
	}
	return r;
}

/* --- how one gets in ----------------------------------------------------- */

static enum wizard_turn meet(struct wizard_answers *answers)
{
	struct error *error = NULL;

	if (wizard_meet_disks(answers, &error) == 0)
		return WIZARD_NEXT;
	return wizard_hostkey_tell("That did not work", error);
}

static enum wizard_turn type_password(struct wizard_answers *answers)
{
	const struct wizard_field field = {.label = "Password",
					   .secret = &answers->password};
	char text[512];
	struct wizard_box box = {.title = "The password",
				 .text = text,
				 .field = &field,
				 .fields = 1,
				 .button = next_back};
	struct error *error = NULL;

	(void)snprintf(text, sizeof(text),
		       "The password of %s on %s. It is not shown, and in no "
		       "file; it is forgotten when this job is over.",
		       answers->user, answers->host);
	for (;;) {
		enum wizard_turn turn;
		int answer;

		locked_done(&answers->password);
		if (locked_begin(SECRET_ROOM, &answers->password, &error) < 0)
			return wizard_hostkey_tell("No memory", error);
		answer = wizard_box_run(&box);
		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		turn = answers->password.length ? meet(answers) : WIZARD_BACK;
		if (turn != WIZARD_BACK)
			return turn;
	}
}

static enum wizard_turn type_key(struct wizard_answers *answers)
{
	const struct wizard_field field = {"Private key", answers->key,
					   sizeof(answers->key), NULL};
	struct wizard_box box = {
		.title = "The key",
		.text = "Where the private key is: file:NAME, a file on a "
			"volume labelled LANDER; fw_cfg:NAME; the path of a "
			"file here; or https://..., which is asked once. It "
			"must "
			"have no passphrase.",
		.field = &field,
		.fields = 1,
		.button = next_back};

	for (;;) {
		int answer = wizard_box_run(&box);
		enum wizard_turn turn;

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		turn = *answers->key ? meet(answers) : WIZARD_BACK;
		if (turn != WIZARD_BACK)
			return turn;
	}
}

static enum wizard_turn choose_way(struct wizard_answers *answers)
{
	static char password[] = "with a password, which is typed now";
	static char key[] = "with a private key, from a file or a server";
	char *const items[] = {password, key};
	struct wizard_box box = {.title = "How does one get in?",
				 .text = "The source has to let this machine "
					 "log in:",
				 .item = items,
				 .items = COUNT(items),
				 .chosen = answers->way,
				 .button = next_back};

	for (;;) {
		int answer = wizard_box_run(&box);
		enum wizard_turn turn;

		if (answer < 0)
			return WIZARD_QUIT;
		if (answer == 1)
			return WIZARD_BACK;
		answers->way = (enum wizard_way)box.chosen;
		turn = answers->way == WIZARD_PASSWORD ? type_password(answers)
						       : type_key(answers);
		if (turn != WIZARD_BACK)
			return turn;
	}
}

/* --- where --------------------------------------------------------------- */

static enum wizard_turn find(struct wizard_answers *answers)
{
	struct error *error = NULL;
	enum wizard_turn turn;

	if (check_place(answers, &error) < 0)
		return wizard_hostkey_tell("That is no address", error);
	turn = *answers->jump ? wizard_jump(answers) : WIZARD_NEXT;
	if (turn != WIZARD_NEXT)
		return turn;
	if (wizard_meet_hostkey(answers, &error) < 0)
		return wizard_hostkey_tell("The source does not answer", error);
	turn = wizard_hostkey_accept(answers->host, answers->shown);
	return turn == WIZARD_NEXT ? choose_way(answers) : turn;
}

static enum wizard_turn ask_ssh(struct wizard_answers *answers)
{
	const struct wizard_field fields[] = {
		{"Address or name", answers->host, sizeof(answers->host), NULL},
		{"User", answers->user, sizeof(answers->user), NULL},
		{"Port", answers->port, sizeof(answers->port), NULL},
		{"One disk only", answers->only, sizeof(answers->only), NULL},
		{"Jump host", answers->jump, sizeof(answers->jump), NULL}};
	struct wizard_box box = {
		.title = "2 of 6: the source, over SSH",
		.text = "The machine that will be copied. The user must be "
			"root, or one that may use sudo without a password. "
			"The last two lines may stay empty: then all of its "
			"disks are shown, and it is reached from here, not "
			"through another machine, [USER@]HOST[:PORT].",
		.field = fields,
		.fields = COUNT(fields),
		.button = next_back};

	for (;;) {
		int answer = wizard_box_run(&box);
		enum wizard_turn turn;

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		turn = find(answers);
		if (turn != WIZARD_BACK)
			return turn;
	}
}

static enum wizard_turn try_code(struct wizard_answers *answers,
				 const char *code)
{
	struct error *error = NULL;

	if (check_place(answers, &error) < 0)
		return wizard_hostkey_tell("That is no address", error);
	if (code_give(code, &error) < 0)
		return wizard_hostkey_tell("That is no code", error);
	return meet(answers);
}

static enum wizard_turn ask_code(struct wizard_answers *answers)
{
	struct locked code = {0};
	const struct wizard_field fields[] = {
		{"Address or name", answers->host, sizeof(answers->host), NULL},
		{"Port", answers->port, sizeof(answers->port), NULL},
		{"Code", NULL, 0, &code}};
	struct wizard_box box = {
		.title = "2 of 6: the source, by its code",
		.text = "The source was started from this ISO as a source. "
			"Its screen shows its address and a code of 20 letters "
			"and digits, which is not shown here.",
		.field = fields,
		.fields = COUNT(fields),
		.button = next_back};
	enum wizard_turn turn = WIZARD_BACK;
	struct error *error = NULL;

	while (turn == WIZARD_BACK) {
		int answer;

		locked_done(&code);
		if (locked_begin(SECRET_ROOM, &code, &error) < 0)
			return wizard_hostkey_tell("No memory", error);
		answer = wizard_box_run(&box);
		turn = answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		if (answer)
			break;
		turn = try_code(answers, code.at);
	}
	locked_done(&code);
	return turn;
}

static enum wizard_turn ask_uri(struct wizard_answers *answers)
{
	const struct wizard_field field = {"Source", answers->uri,
					   sizeof(answers->uri), NULL};
	struct wizard_box box = {
		.title = "2 of 6: the source, on a server",
		.text = "Where the disks are, as lander.source takes it:\n\n  "
			"nbd://HOST:PORT/EXPORT     one disk\n  "
			"nbd://HOST:PORT/           all of its disks\n  "
			"nbds://HOST:PORT/EXPORT    encrypted",
		.field = &field,
		.fields = 1,
		.button = next_back};

	for (;;) {
		int answer = wizard_box_run(&box);
		enum wizard_turn turn;

		if (answer)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		turn = *answers->uri ? meet(answers) : WIZARD_BACK;
		if (turn != WIZARD_BACK)
			return turn;
	}
}

enum wizard_turn wizard_source(struct wizard_answers *answers)
{
	static char ssh[] = "a Linux machine that runs, over SSH";
	static char code[] = "a machine that shows a code, started from this "
			     "ISO";
	static char uri[] = "disks on an NBD server";
	char *const items[] = {ssh, code, uri};
	struct wizard_box box = {.title = "2 of 6: the source",
				 .text = "What is to be copied onto this "
					 "machine?",
				 .item = items,
				 .items = COUNT(items),
				 .chosen = answers->kind,
				 .button = next_back};

	for (;;) {
		int answer = wizard_box_run(&box);
		enum wizard_turn turn;

		if (answer < 0 || answer == 1)
			return answer < 0 ? WIZARD_QUIT : WIZARD_BACK;
		answers->kind = (enum wizard_kind)box.chosen;
		answers->asked = false;
		turn = answers->kind == WIZARD_SSH    ? ask_ssh(answers)
		       : answers->kind == WIZARD_CODE ? ask_code(answers)
						      : ask_uri(answers);
		if (turn != WIZARD_BACK)
			return turn;
	}
}
