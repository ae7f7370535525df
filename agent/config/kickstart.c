/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A job as a file: parameters as lines, scripts as sections.  It knows no
 * parameter; config_set() does.  What a line means is never guessed: a section
 * that is not known, or has no end, is an error, and so is a word in the form
 * of another place.
 */
#include "config/kickstart.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"

#define BLANK	      " \t"
#define HEXADECIMAL   "0123456789abcdefABCDEF"
#define SHA256_DIGITS 64
#define PATH_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-"

struct reader {
	struct config *config;
	const char *origin;
	int rank;
	unsigned int line;
	struct error *all; /* problems so far */
	/* The section that is open. */
	bool open;
	bool refused; /* it was told already: only its end is looked for */
	bool given;   /* the one option */
	char word[32];
	char interpreter[256];
	enum config_script_kind kind;
	unsigned int began;
	unsigned int lines;
	char *text;
	size_t length;
};

__attribute__((format(printf, 3, 4))) static void
complain(struct reader *in, unsigned int line, const char *format, ...)
{
	struct error *one = NULL;
	char text[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)error_set(&one, ERROR_CONFIG, 0, "%s:%u: %s", in->origin, line,
			text);
	error_gather(&in->all, one);
}

/* It may be a secret on the wrong line: no more than a name is repeated. */
static int name_length(const char *word)
{
	return (int)strspn(word, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-%");
}

static void trim_end(char *text)
{
	size_t length = strlen(text);

	while (length && strchr(BLANK, text[length - 1]))
		text[--length] = '\0';
}

/* The value without comment and quotes, in place; NULL: a quote is open. */
static char *take_value(char *text)
{
	char *end;

	text += strspn(text, BLANK);
	if (*text == '"') {
		end = strchr(text + 1, '"');
		if (!end)
			return NULL;
		*end++ = '\0';
		end += strspn(end, BLANK);
		return *end && *end != '#' ? NULL : text + 1;
	}
	for (end = text; *end; end++)
		if (*end == '#' && (end == text || strchr(BLANK, end[-1])))
			break;
	*end = '\0';
	trim_end(text);
	return text;
}

static void read_parameter(struct reader *in, char *line)
{
	size_t length = strcspn(line, BLANK);
	char *value = line + length;
	struct error *one = NULL;
	char origin[160];

	if (*value)
		*value++ = '\0';
	if (!strncmp(line, "lander.", 7) || strchr(line, '=')) {
		const char *name = line + (strncmp(line, "lander.", 7) ? 0 : 7);

		complain(in, in->line,
			 "write '%.*s VALUE' here, without 'lander.' and '='",
			 name_length(name), name);
		return;
	}
	value = take_value(value);
	if (!value) {
		complain(in, in->line, "the quotes of '%.*s' are not right",
			 name_length(line), line);
		return;
	}
	(void)snprintf(origin, sizeof(origin), "%s:%u", in->origin, in->line);
	(void)config_set(in->config, line, value, origin, in->rank, &one);
	if (one)
		error_gather(&in->all, one);
}

static void read_options(struct reader *in, char *options)
{
	static const char interpreter[] = "--interpreter=";

	for (char *word = strtok(options, BLANK); word;
	     word = strtok(NULL, BLANK)) {
		const char *path = word + strlen(interpreter);

		if (*word == '#')
			return;
		if (in->given) {
			complain(in, in->line,
				 "%s takes --interpreter=PATH once", in->word);
			in->refused = true;
			return;
		}
		in->given = true;
		if (strncmp(word, interpreter, strlen(interpreter)) != 0) {
			complain(in, in->line,
				 "%s takes --interpreter=PATH and nothing else",
				 in->word);
			in->refused = true;
		} else if (*path != '/' || path[strspn(path, PATH_LETTERS)] ||
			   strlen(path) >= sizeof(in->interpreter)) {
			complain(in, in->line,
				 "--interpreter takes a path like /bin/sh");
			in->refused = true;
		} else {
			(void)snprintf(in->interpreter, sizeof(in->interpreter),
				       "%s", path);
		}
	}
}

/* The rest of the line behind %include. */
static void read_include(struct reader *in, char *words)
{
	static const char option[] = "--sha256=";
	struct config_include include = {0};
	struct error *one = NULL;
	char origin[160];
	bool wrong = false;

	(void)snprintf(origin, sizeof(origin), "%s:%u", in->origin, in->line);
	include.origin = origin;
	for (char *word = strtok(words, BLANK); word && *word != '#';
	     word = strtok(NULL, BLANK)) {
		char *digits = word + strlen(option);

		if (!include.place && *word != '-')
			include.place = word;
		else if (!include.sha256 &&
			 !strncmp(word, option, strlen(option)) &&
			 strlen(digits) == SHA256_DIGITS &&
			 strspn(digits, HEXADECIMAL) == SHA256_DIGITS)
			include.sha256 = digits;
		else
			wrong = true;
	}
	if (wrong || !include.place) {
		complain(in, in->line,
			 "write '%%include PLACE' here, with "
			 "--sha256= and 64 hexadecimal digits or without");
		return;
	}
	(void)config_include_add(&in->config->includes, &include, &one);
	if (one)
		error_gather(&in->all, one);
}

static void open_section(struct reader *in, char *line)
{
	size_t length = strcspn(line, BLANK);
	char *options = line + length;
	bool known = false;

	if (*options)
		*options++ = '\0';
	if (!strcmp(line, "%end")) {
		complain(in, in->line, "%%end without a section before it");
		return;
	}
	if (!strcmp(line, "%include")) {
		read_include(in, options);
		return;
	}
	(void)snprintf(in->word, sizeof(in->word), "%.*s", name_length(line),
		       line);
	(void)snprintf(in->interpreter, sizeof(in->interpreter), "/bin/sh");
	in->open = true;
	in->refused = false;
	in->given = false;
	in->began = in->line;
	in->lines = 0;
	in->length = 0;
	known = config_script_kind(line, &in->kind);
	in->refused = !known;
	if (known)
		read_options(in, options);
	else
		complain(in, in->line,
			 "%s: no such section; there are %%pre, %%post, "
			 "%%firstboot, %%final and %%fail",
			 in->word);
}

static void add_line(struct reader *in, const char *line)
{
	size_t length = strlen(line);

	if (in->refused)
		return;
	if (in->length + length + 2 > KICKSTART_SCRIPT_LIMIT) {
		complain(in, in->began, "%s is longer than %zu KiB", in->word,
			 KICKSTART_SCRIPT_LIMIT >> 10);
		in->refused = true;
		return;
	}
	memcpy(in->text + in->length, line, length);
	in->length += length;
	in->text[in->length++] = '\n';
	in->lines++;
}

static void close_section(struct reader *in)
{
	struct error *one = NULL;
	char origin[160];
	const struct config_script script = {.kind = in->kind,
					     .interpreter = in->interpreter,
					     .text = in->text,
					     .origin = origin,
					     .lines = in->lines,
					     .rank = in->rank};

	in->open = false;
	if (in->refused)
		return;
	in->text[in->length] = '\0';
	if (!in->text[strspn(in->text, " \t\n")]) {
		complain(in, in->began, "%s is empty", in->word);
		return;
	}
	(void)snprintf(origin, sizeof(origin), "%s:%u", in->origin, in->began);
	(void)config_script_add(&in->config->scripts, &script, &one);
	if (one)
		error_gather(&in->all, one);
}

static void read_inside(struct reader *in, char *line)
{
	size_t length = strcspn(line, BLANK);
	enum config_script_kind kind;
	char word[32];

	(void)snprintf(word, sizeof(word), "%.*s", (int)length, line);
	if (!strcmp(word, "%end")) {
		close_section(in);
	} else if (config_script_kind(word, &kind)) {
		complain(in, in->line,
			 "%s before the %%end of the %s of line "
			 "%u",
			 word, in->word, in->began);
		in->refused = true;
		open_section(in, line);
	} else {
		add_line(in, line);
	}
}

static void read_line(struct reader *in, char *line)
{
	size_t length = strlen(line);

	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
	if (in->open) {
		read_inside(in, line);
		return;
	}
	line += strspn(line, BLANK);
	trim_end(line);
	if (*line == '%')
		open_section(in, line);
	else if (*line && *line != '#')
		read_parameter(in, line);
}

int kickstart_read(struct config *config, const char *text, const char *origin,
		   int rank, struct error **err)
{
	struct reader in = {.config = config, .origin = origin, .rank = rank};
	char *copy;

	/* Editors of another system put it in front. */
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	copy = strdup(text);
	in.text = malloc(KICKSTART_SCRIPT_LIMIT);
	if (!copy || !in.text) {
		free(copy);
		free(in.text);
		return error_memory(err);
	}
	for (char *line = copy; line;) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		in.line++;
		read_line(&in, line);
		line = end;
	}
	if (in.open)
		complain(&in, in.began, "%s has no %%end", in.word);
	free(in.text);
	free(copy);
	if (!in.all)
		return 0;
	if (err)
		*err = in.all;
	else
		error_free(in.all);
	return -EINVAL;
}
