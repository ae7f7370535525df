/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sources that somebody wants looked at: words, lines of a file, or the
 * rows of a spreadsheet.  A line that is wrong is a finding about one source,
 * not the end of all the others.
 */
#include "run/assess_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse.h"
#include "run/assess_columns.h"

#define SOURCES_MAX 100000U

/* A password that should not be there is not shown to everybody. */
static void hide_password(char *text)
{
	for (char *end = strchr(text, '@'); end; end = strchr(end + 1, '@')) {
		char *at = end;

		while (at > text && !strchr(":/ ", at[-1]))
			at--;
		if (at > text && at[-1] == ':')
			memset(at, '*', (size_t)(end - at));
	}
}

int assess_list_begin(struct assess_list *list, const char *origin,
		      const char *text, struct assess_source **ret,
		      struct error **err)
{
	struct assess_source *more;

	if (list->count == SOURCES_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: more than %u sources", origin,
				 SOURCES_MAX);
	more = realloc(list->source, (list->count + 1) * sizeof(*more));
	if (!more)
		return error_memory(err);
	list->source = more;
	more += list->count;
	*more = (struct assess_source){.origin = strdup(origin),
				       .text = strdup(text)};
	list->count++;
	if (!more->origin || !more->text)
		return error_memory(err);
	parse_make_printable(more->text);
	hide_password(more->text);
	*ret = more;
	return 0;
}

/* The first thing that is wrong is told. */
int assess_list_complain(struct assess_source *source, const char *what,
			 const char *word, struct error **err)
{
	if (source->problem)
		return 0;
	if (asprintf(&source->problem, "%s: %s%s", source->origin, what, word) <
	    0) {
		source->problem = NULL;
		return error_memory(err);
	}
	parse_make_printable(source->problem);
	hide_password(source->problem);
	return 0;
}

static int set_text(char **place, const char *text, struct error **err)
{
	free(*place);
	*place = strdup(text);
	return *place ? 0 : error_memory(err);
}

/* Between commas, semicolons or blanks, because a column of a spreadsheet may
 * be written in any of these ways. */
static int set_disks(struct assess_source *source, const char *text,
		     struct error **err)
{
	char *copy = strdup(text);
	char **words = NULL;
	size_t used = 0;
	int r;

	if (!copy)
		return error_memory(err);
	for (char *at = copy; *at; at++)
		if (strchr(" ;\t", *at))
			*at = ',';
	r = parse_split(copy, ',', &words, err);
	free(copy);
	if (r < 0)
		return r;
	for (size_t i = 0; words[i]; i++) {
		if (*words[i])
			words[used++] = words[i];
		else
			free(words[i]);
	}
	words[used] = NULL;
	parse_free_list(source->disks);
	source->disks = words;
	if (!used) {
		parse_free_list(source->disks);
		source->disks = NULL;
	}
	return 0;
}

/* A path from here, because the job that it is for starts elsewhere. */
static int set_path(char **place, const char *text, struct error **err)
{
	char *here;
	int length;

	if (*text == '/' || strchr(text, ':'))
		return set_text(place, text, err);
	here = realpath(".", NULL);
	if (!here)
		return error_set(err, ERROR_INTERNAL, errno, "this directory");
	free(*place);
	length = asprintf(place, "%s/%s", here, text);
	free(here);
	if (length < 0) {
		*place = NULL;
		return error_memory(err);
	}
	return 0;
}

static int set_uri(struct assess_source *source, const char *word,
		   struct error **err)
{
	const char *scheme = strstr(word, "://");

	if (scheme && strncmp(word, "ssh://", 6))
		return assess_list_complain(
			source, "only sources over SSH are checked: ", word,
			err);
	free(source->uri);
	if (asprintf(&source->uri, "%s%s", scheme ? "" : "ssh://", word) < 0) {
		source->uri = NULL;
		return error_memory(err);
	}
	return 0;
}

/* Where a text of it is kept; NULL: it is none. */
static char **place_of(struct assess_source *source, const char *name)
{
	const struct {
		const char *name;
		char **place;
	} places[] = {{"hostkey", &source->hostkey},
		      {"identity", &source->identity},
		      {"jump", &source->jump},
		      {"jump.hostkey", &source->jump_hostkey},
		      {"jump.identity", &source->jump_identity}};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (!strcmp(name, places[i].name))
			return places[i].place;
	return NULL;
}

int assess_list_set(struct assess_source *source, const char *name,
		    const char *value, struct error **err)
{
	char **place = place_of(source, name);

	if (place && strstr(name, "identity"))
		return set_path(place, value, err);
	if (place && set_text(place, value, err) < 0)
		return -ENOMEM;
	/* It is shown again as it came. */
	if (place && !strcmp(name, "jump")) {
		parse_make_printable(*place);
		hide_password(*place);
	}
	if (place)
		return 0;
	if (!strcmp(name, "disks"))
		return set_disks(source, value, err);
	return set_uri(source, value, err);
}

const char *assess_list_key(const char *word)
{
	static const char *const names[] = {"hostkey",	    "identity",
					    "disks",	    "jump",
					    "jump.hostkey", "jump.identity"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i]);

		if (!strncmp(word, names[i], length) && word[length] == '=')
			return names[i];
	}
	return NULL;
}

/* 1: it is none of these. */
static int set_word(struct assess_source *source, const char *word,
		    struct error **err)
{
	const char *name = assess_list_key(word);

	return name ? assess_list_set(source, name, word + strlen(name) + 1,
				      err)
		    : 1;
}

int assess_list_add(struct assess_list *list, const char *origin,
		    const char *line, struct error **err)
{
	struct assess_source *source = NULL;
	char *copy = strdup(line);
	char *rest = NULL;
	int r = copy ? assess_list_begin(list, origin, line, &source, err)
		     : error_memory(err);

	for (char *word = copy ? strtok_r(copy, " \t\r", &rest) : NULL;
	     r == 0 && word; word = strtok_r(NULL, " \t\r", &rest)) {
		r = set_word(source, word, err);
		if (r == 1 && !source->uri && !source->problem)
			r = set_uri(source, word, err);
		else if (r == 1)
			r = assess_list_complain(
				source, "what does this mean: ", word, err);
	}
	if (r == 0 && !source->uri)
		r = assess_list_complain(source, "no source", "", err);
	free(copy);
	return r;
}

/* A # in the middle of a word is part of it. */
static void cut_comment(char *line)
{
	for (char *at = line; *at; at++)
		if (*at == '#' && (at == line || strchr(" \t", at[-1]))) {
			*at = 0;
			return;
		}
}

static int read_lines(struct assess_list *list, const char *name, char *at,
		      struct error **err)
{
	char origin[64];
	int r = 0;

	for (size_t line = 1; r == 0 && *at; line++) {
		char *end = strchrnul(at, '\n');
		char *next = *end ? end + 1 : end;

		*end = '\0';
		cut_comment(at);
		(void)snprintf(origin, sizeof(origin), "%.48s:%zu", name, line);
		if (at[strspn(at, " \t\r")])
			r = assess_list_add(list, origin, at, err);
		at = next;
	}
	return r;
}

int assess_list_read(struct assess_list *list, const char *name, char *text,
		     struct error **err)
{
	/* What some programs put before UTF-8. */
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	return assess_columns_named(text)
		       ? assess_columns_read(list, name, text, err)
		       : read_lines(list, name, text, err);
}

static bool lacks(const struct assess_source *source, const char *name)
{
	const struct {
		const char *name;
		const void *value;
	} rows[] = {{"hostkey", source->hostkey},
		    {"identity", source->identity},
		    {"disks", source->disks},
		    {"jump", source->jump},
		    {"jump.hostkey", source->jump_hostkey},
		    {"jump.identity", source->jump_identity}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(name, rows[i].name))
			return !rows[i].value;
	return false;
}

int assess_list_defaults(struct assess_list *list, const char *word,
			 struct error **err)
{
	const char *name = assess_list_key(word);
	int r = 0;

	for (size_t i = 0; name && r == 0 && i < list->count; i++) {
		struct assess_source *source = &list->source[i];

		if (lacks(source, name))
			r = set_word(source, word, err);
	}
	return r;
}

void assess_list_done(struct assess_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct assess_source *source = &list->source[i];

		free(source->origin);
		free(source->text);
		free(source->uri);
		free(source->problem);
		free(source->hostkey);
		free(source->identity);
		free(source->jump);
		free(source->jump_hostkey);
		free(source->jump_identity);
		parse_free_list(source->disks);
	}
	free(list->source);
	free(list->ignored);
	*list = (struct assess_list){0};
}
