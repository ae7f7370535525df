/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of a job.  The kernel command line, files and argv all end in
 * config_set(), and the help, the explanation and the checks come from the rows
 * of the same table.  A word that is not in the table, or a value that its row
 * does not take, is an error with its origin; nothing is guessed.
 */
#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config_table.h"
#include "config/config_value.h"

#define HELP_WIDTH 79U

const struct config_parameter *config_parameter(enum config_key key)
{
	return &config_table[key];
}

/* Rows of one insertion, deletion or replaced letter away: for a hint. */
static bool nearly(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return !strcmp(*a ? a + 1 : a, *b ? b + 1 : b) ||
	       (*a && !strcmp(a + 1, b)) || (*b && !strcmp(a, b + 1));
}

static int unknown(const char *name, const char *origin, struct error **err)
{
	/* It may be a secret that lost its name: repeat no more than a name. */
	int length = (int)strspn(name, "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
	const char *cut = name[length] ? "…" : "";

	for (int key = 0; key < CONFIG_KEYS; key++)
		if (nearly(name, config_table[key].name))
			return error_set(
				err, ERROR_CONFIG, 0,
				"%s: lander.%.*s%s: no such parameter; "
				"did you mean lander.%s?",
				origin, length, name, cut,
				config_table[key].name);
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: lander.%.*s%s: no such parameter", origin, length,
			 name, cut);
}

static void forget(enum config_key key, struct config_value *value)
{
	if (value->text && config_table[key].secret)
		explicit_bzero(value->text, strlen(value->text));
	free(value->text);
	free(value->origin);
}

int config_set(struct config *config, const char *name, const char *text,
	       const char *origin, int rank, struct error **err)
{
	struct config_value *value = NULL;
	char *copy;
	char *from;
	int key;

	for (key = 0; key < CONFIG_KEYS; key++)
		if (!strcmp(name, config_table[key].name))
			break;
	if (key == CONFIG_KEYS)
		return unknown(name, origin, err);
	if (key == CONFIG_PART)
		return config_part_add(&config->parts, text, origin, rank, err);
	value = &config->value[key];
	if (value->text && value->rank == rank)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.%s is given twice (first: %s)",
				 origin, name, value->origin);
	if (config_value_check(&config_table[key], text, err) < 0)
		return error_wrap(err, "%s: lander.%s", origin, name);
	if (value->text && value->rank > rank)
		return 0;
	copy = strdup(text);
	from = strdup(origin);
	if (!copy || !from) {
		free(copy);
		free(from);
		return error_memory(err);
	}
	forget((enum config_key)key, value);
	*value = (struct config_value){copy, from, rank};
	return 0;
}

const char *config_text(const struct config *config, enum config_key key)
{
	const char *text = config->value[key].text;

	return text ? text : config_table[key].fallback;
}

bool config_switch(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	bool on = false;

	return text && parse_switch(text, &on, NULL) == 0 && on;
}

uint64_t config_seconds(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	uint64_t seconds = 0;

	if (text)
		(void)parse_duration(text, &seconds, NULL);
	return seconds;
}

uint64_t config_rate(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);
	uint64_t rate = 0;

	if (text)
		(void)parse_rate(text, &rate, NULL);
	return rate;
}

uint64_t config_number(const struct config *config, enum config_key key)
{
	const char *text = config_text(config, key);

	return text ? strtoull(text, NULL, 10) : 0;
}

bool config_is(const struct config *config, enum config_key key,
	       const char *word)
{
	const char *text = config_text(config, key);

	return text && !strcmp(text, word);
}

bool config_lists(const struct config *config, enum config_key key,
		  const char *word)
{
	const char *at = config_text(config, key);
	size_t length = strlen(word);

	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, word, length) &&
		    (!at[length] || at[length] == ','))
			return true;
	}
	return false;
}

const char *config_origin(const struct config *config, enum config_key key)
{
	return config->value[key].text ? config->value[key].origin : "default";
}

int config_explain(const struct config *config, char **ret_text,
		   struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	for (int key = 0; key < CONFIG_KEYS; key++) {
		const char *value = config_text(config, (enum config_key)key);
		char place[256];

		(void)fprintf(out, "lander.%-10s %-32s %s\n",
			      config_table[key].name,
			      config_value_shown(&config_table[key], value,
						 place, sizeof(place)),
			      config_origin(config, (enum config_key)key));
	}
	config_part_explain(&config->parts, out);
	config_script_explain(&config->scripts, out);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	*ret_text = text;
	return 0;
}

/* Letters of UTF-8, which take a column each. */
static size_t columns(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Word by word into lines that begin below the parameter's name. */
static void wrap(FILE *out, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t length = strcspn(text, " ");
		size_t width = columns(text, length);
		bool first = !used;

		if (used && used + 1 + width > HELP_WIDTH) {
			(void)fputc('\n', out);
			first = true;
		}
		if (first)
			used = (size_t)fprintf(out, "      ") + width;
		else
			used += (size_t)fprintf(out, " ") + width;
		(void)fwrite(text, 1, length, out);
		text += length;
		text += strspn(text, " ");
	}
	(void)fputc('\n', out);
}

static void help_row(FILE *out, const struct config_parameter *row)
{
	char text[1024];

	(void)fprintf(out, "  lander.%s=%s\n", row->name, row->values);
	(void)snprintf(text, sizeof(text), "%s%s%s%s", row->help,
		       row->fallback ? " (" : "",
		       row->fallback ? row->fallback : "",
		       row->fallback ? ")" : "");
	wrap(out, text);
}

int config_help(char **ret_text, struct error **err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return error_memory(err);
	for (int key = 0; key < CONFIG_KEYS; key++)
		help_row(out, &config_table[key]);
	if (fclose(out) != 0) {
		free(text);
		return error_memory(err);
	}
	*ret_text = text;
	return 0;
}

void config_done(struct config *config)
{
	for (int key = 0; key < CONFIG_KEYS; key++)
		forget((enum config_key)key, &config->value[key]);
	config_part_done(&config->parts);
	config_script_free(&config->scripts);
	config_include_free(&config->includes);
	*config = (struct config){0};
}
