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

/* One word into copy (quotes dropped); returns behind it. */
static const char *take_word(const char *at, char *copy)
{
	bool quoted = false;

	for (; *at && (quoted || !isspace((unsigned char)*at)); at++) {
		if (*at == '"')
			quoted = !quoted;
		else
			*copy++ = *at;
	}
	*copy = '\0';
	return at;
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

/* Puts one more problem behind those found before; ends *one. */
static void gather(struct error **all, struct error *one)
{
	struct error *joined = NULL;

	if (!*all) {
		*all = one;
		return;
	}
	(void)error_set(&joined, ERROR_CONFIG, 0, "%s; %s", (*all)->msg,
			one->msg);
	error_free(*all);
	error_free(one);
	*all = joined;
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
				"%s: '%s' is not a lander.KEY=VALUE word",
				origin, word);
	if (one)
		gather(all, one);
}

int cmdline_read(struct config *config, const char *text,
		 enum cmdline_form form, const char *origin, int rank,
		 struct error **err)
{
	struct reader in = {config, form, origin, rank};
	char *word = malloc(strlen(text) + 1);
	struct error *all = NULL;
	unsigned int line = 1;

	if (!word)
		return error_memory(err);
	for (const char *at = text; *at;) {
		if (isspace((unsigned char)*at)) {
			line += *at++ == '\n';
			continue;
		}
		if (form == CMDLINE_ARGUMENTS && *at == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		at = take_word(at, word);
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
