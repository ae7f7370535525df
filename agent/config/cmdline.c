/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words to parameters: the kernel command line and files of the same form.
 * It knows no parameter; config_set() does.
 */
#include "config/cmdline.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"

static const char prefix[] = "lander.";

/* One word into copy (quotes dropped); returns behind it.  *ret_open: its
 * last quote is missing, so it reaches to the end of the text. */
static const char *take_word(const char *at, char *copy, bool *ret_open)
{
	bool quoted = false;

	for (; *at && (quoted || !isspace((unsigned char)*at)); at++) {
		if (*at == '"')
			quoted = !quoted;
		else
			*copy++ = *at;
	}
	*copy = '\0';
	*ret_open = quoted;
	return at;
}

/* A word that is none may be a secret on the wrong side of a blank: only what
 * looks like a name is repeated. */
static int name_length(const char *word)
{
	return (int)strspn(word, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
}

static int read_word(struct config *config, char *word, const char *origin,
		     int rank, struct error **err)
{
	char *name = word + strlen(prefix);
	char *value = strchr(name, '=');

	if (value)
		*value++ = '\0';
	return config_set(config, name, value ? value : "", origin, rank, err);
}

struct reader {
	struct config *config;
	enum cmdline_form form;
	const char *origin;
	int rank;
	bool behind_secret; /* the word before had one for its value */
	struct error *all;
};

/* The place of a word: "lander.args:3", "kernel command line". */
static void place_of(const struct reader *in, unsigned int line, char *buf,
		     size_t room)
{
	if (in->form == CMDLINE_ARGUMENTS)
		(void)snprintf(buf, room, "%s:%u", in->origin, line);
	else
		(void)snprintf(buf, room, "%s", in->origin);
}

static bool is_secret(const char *name)
{
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const struct config_parameter *row =
			config_parameter((enum config_key)key);

		if (row->secret && !strcmp(name, row->name))
			return true;
	}
	return false;
}

static void read_one(struct reader *in, char *word, unsigned int line)
{
	struct error *one = NULL;
	char origin[160];

	place_of(in, line, origin, sizeof(origin));
	if (!strncmp(word, prefix, strlen(prefix))) {
		(void)read_word(in->config, word, origin, in->rank, &one);
		in->behind_secret = is_secret(word + strlen(prefix));
	} else if (in->form == CMDLINE_ARGUMENTS && in->behind_secret) {
		(void)error_set(&one, ERROR_CONFIG, 0,
				"%s: what stands behind the value of a secret "
				"is not a lander.KEY=VALUE word; a value with "
				"blanks is put in quotes",
				origin);
	} else if (in->form == CMDLINE_ARGUMENTS) {
		(void)error_set(&one, ERROR_CONFIG, 0,
				"%s: '%.*s%s' is not a lander.KEY=VALUE word",
				origin, name_length(word), word,
				word[name_length(word)] ? "…" : "");
	}
	if (one)
		error_gather(&in->all, one);
}

static void refuse_open(struct reader *in, const char *word, unsigned int line)
{
	struct error *one = NULL;
	char origin[160];

	place_of(in, line, origin, sizeof(origin));
	(void)error_set(&one, ERROR_CONFIG, 0,
			"%s: the quote of '%.*s' is not closed", origin,
			name_length(word), word);
	error_gather(&in->all, one);
}

static void read_text(struct reader *in, const char *text, char *word)
{
	unsigned int line = 1;

	while (*text) {
		const char *from = text;
		bool open = false;

		if (isspace((unsigned char)*text)) {
			line += *text++ == '\n';
			continue;
		}
		if (in->form == CMDLINE_ARGUMENTS && *text == '#') {
			text += strcspn(text, "\n");
			continue;
		}
		text = take_word(text, word, &open);
		if (open && strstr(word, prefix)) {
			refuse_open(in, word, line);
			return;
		}
		read_one(in, word, line);
		for (; from < text; from++)
			line += *from == '\n';
	}
}

int cmdline_read(struct config *config, const char *text,
		 enum cmdline_form form, const char *origin, int rank,
		 struct error **err)
{
	struct reader in = {config, form, origin, rank, false, NULL};
	char *word = malloc(strlen(text) + 1);

	if (!word)
		return error_memory(err);
	/* Editors of another system put it in front. */
	if (form == CMDLINE_ARGUMENTS && !strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	read_text(&in, text, word);
	free(word);
	if (!in.all)
		return 0;
	if (err)
		*err = in.all;
	else
		error_free(in.all);
	return -EIO;
}
