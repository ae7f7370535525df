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
};

static void read_one(const struct reader *in, char *word, unsigned int line,
		     struct error **all)
{
	struct error *one = NULL;
	char origin[160];

	if (in->form == CMDLINE_ARGUMENTS)
		(void)snprintf(origin, sizeof(origin), "%s:%u", in->origin,
			       line);
	else
		(void)snprintf(origin, sizeof(origin), "%s", in->origin);
	if (!strncmp(word, prefix, strlen(prefix)))
		(void)read_word(in->config, word, origin, in->rank, &one);
	else if (in->form == CMDLINE_ARGUMENTS)
		(void)error_set(&one, ERROR_CONFIG, 0,
				"%s: '%.*s' is not a lander.KEY=VALUE word",
				origin, name_length(word), word);
	if (one)
		error_gather(all, one);
}

int cmdline_read(struct config *config, const char *text,
		 enum cmdline_form form, const char *origin, int rank,
		 struct error **err)
{
	struct reader in = {config, form, origin, rank};
	char *word = malloc(strlen(text) + 1);
	struct error *all = NULL;
	unsigned int line = 1;
	bool open = false;

	if (!word)
		return error_memory(err);
	/* Editors of another system put it in front. */
	if (form == CMDLINE_ARGUMENTS && !strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	for (const char *at = text; *at;) {
		if (isspace((unsigned char)*at)) {
			line += *at++ == '\n';
			continue;
		}
		if (form == CMDLINE_ARGUMENTS && *at == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		at = take_word(at, word, &open);
		if (open && strstr(word, prefix)) {
			struct error *one = NULL;

			(void)error_set(&one, ERROR_CONFIG, 0,
					"%s: the quote of '%.*s' is not closed",
					origin, name_length(word), word);
			error_gather(&all, one);
			break;
		}
		read_one(&in, word, line, &all);
	}
	free(word);
	if (!all)
		return 0;
	if (err)
		*err = all;
	else
		error_free(all);
	return -EIO;
}
