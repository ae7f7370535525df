/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logins and messages on a console that only Xen has.  It never takes the last
 * way in.
 */
#include "guest/leftovers_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "guest/convert.h"
#include "guest/edit.h"
#include "guest/names_place.h"
#include "guest/text.h"
#include "guest/tree.h"

#define STEP	"console"
#define INITTAB "/etc/inittab"

static const char *const consoles[] = {"hvc0", "xvc0"};
#define CONSOLES (sizeof(consoles) / sizeof(*consoles))

/* "…:respawn:…getty…" that is no comment. */
static bool is_login(const char *line, size_t length)
{
	const char *getty = memmem(line, length, "getty", 5);

	return *line != '#' && getty && memmem(line, length, ":respawn:", 9);
}

/* Where the console's name stands in this line's command; 0: nowhere. */
static size_t find_console(const char *line, size_t length)
{
	const char *command = memmem(line, length, ":respawn:", 9);
	size_t left = command ? length - (size_t)(command - line) : 0;

	for (size_t i = 0; command && i < CONSOLES; i++) {
		const char *name =
			memmem(command, left, consoles[i], strlen(consoles[i]));

		if (name)
			return (size_t)(name - line);
	}
	return 0;
}

static size_t count_others(const char *text)
{
	size_t others = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		others += is_login(text, length) && !find_console(text, length);
		text += length;
		text += *text == '\n';
	}
	return others;
}

static void edit_lines(const char *text, bool last, struct text_edit *edit)
{
	for (size_t at = 0; text[at];) {
		size_t length = strcspn(text + at, "\n");
		size_t name = is_login(text + at, length)
				      ? find_console(text + at, length)
				      : 0;

		if (name && last && !edit->changes)
			text_replace(edit, at + name, strlen(consoles[0]),
				     "tty1");
		else if (name)
			text_replace(edit, at, 0, "#");
		at += length;
		at += text[at] == '\n';
	}
}

static int edit_inittab(struct convert *convert, struct error **err)
{
	char *text = NULL;
	int r = text_read(convert, STEP, INITTAB, &text, err);
	struct text_edit edit = {.old = text};
	bool last = r > 0 && !count_others(text);

	if (r > 0)
		edit_lines(text, last, &edit);
	if (edit.changes) {
		r = text_finish(&edit) ? text_write(convert, STEP, INITTAB,
						    edit.fresh, err)
				       : error_memory(err);
		if (r > 0)
			steps_add(&convert->steps, STEP_DONE, STEP,
				  INITTAB ": the login on Xen's console %s",
				  last ? "is on tty1 now, it was the only one"
				       : "is a comment now");
	}
	free(edit.fresh);
	free(text);
	return r < 0 ? r : 0;
}

static int put_aside(struct convert *convert, const char *path,
		     struct error **err)
{
	struct error *why = NULL;
	int r = edit_remove(convert->root, path, &why);

	r = text_forgive(convert, STEP, r, &why, err);
	if (r > 0)
		steps_add(&convert->steps, STEP_DONE, STEP,
			  "%s put aside: a login on Xen's console", path);
	return r < 0 ? r : 0;
}

static void tell_words(struct convert *convert, const char *path,
		       const char *text)
{
	for (size_t i = 0; i < CONSOLES; i++) {
		char word[20];

		(void)snprintf(word, sizeof(word), "console=%s", consoles[i]);
		if (strstr(text, word))
			steps_add(&convert->steps, STEP_SKIPPED, STEP,
				  "%s: %s is a console of Xen's; the kernel "
				  "does without, left as it is",
				  path, word);
	}
}

static int tell_places(struct convert *convert, struct error **err)
{
	struct names_place *places = NULL;
	size_t count = 0;
	int r = names_place_list(convert->root, &places, &count, err);

	for (size_t i = 0; r >= 0 && i < count; i++) {
		char *text = NULL;

		r = text_read(convert, NULL, places[i].path, &text, err);
		if (r > 0)
			tell_words(convert, places[i].path, text);
		free(text);
	}
	names_place_free(places, count);
	return r < 0 ? r : 0;
}

int leftovers_console(struct convert *convert, struct error **err)
{
	static const char *const jobs[] = {"/etc/init/hvc0.conf",
					   "/etc/init/xvc0.conf"};
	int r = 0;

	if (!strcmp(convert->hypervisor, "xen"))
		return 0;
	r = edit_inittab(convert, err);
	for (size_t i = 0; r == 0 && i < sizeof(jobs) / sizeof(*jobs); i++)
		r = put_aside(convert, jobs[i], err);
	return r < 0 ? r : tell_places(convert, err);
}
