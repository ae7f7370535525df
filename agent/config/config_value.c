/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a text can be the value of a parameter.  It looks at one value at a
 * time; whether they agree with each other is config_check's affair.
 */
#include "config/config_value.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/cutover.h"

static bool is_choice(const char *values, const char *text)
{
	size_t length = strlen(text);

	for (const char *at = values; length && *at;) {
		size_t word = strcspn(at, " ");

		if (word == length && !strncmp(at, text, length))
			return true;
		at += word + strspn(at + word, " ");
	}
	return false;
}

static int check_list(const char *text, struct error **err)
{
	char **word = NULL;
	int r = parse_split(text, ',', &word, err);

	if (r < 0)
		return r;
	if (!word[0])
		r = error_set(err, ERROR_CONFIG, 0, "the list is empty");
	for (size_t i = 0; r == 0 && word[i]; i++)
		if (!*word[i])
			r = error_set(err, ERROR_CONFIG, 0,
				      "'%s' has an empty entry", text);
	parse_free_list(word);
	return r;
}

static int check_stages(const char *values, const char *text,
			struct error **err)
{
	char **word = NULL;
	int r = check_list(text, err);

	if (r == 0)
		r = parse_split(text, ',', &word, err);
	for (size_t i = 0; r == 0 && word[i]; i++)
		if (!is_choice(values, word[i]))
			r = error_set(err, ERROR_CONFIG, 0,
				      "'%s' is none of the stages: %s", word[i],
				      values);
	parse_free_list(word);
	return r;
}

/* values: "1..1000". */
static int check_number(const char *values, const char *text,
			struct error **err)
{
	char *rest;
	uint64_t low = strtoull(values, &rest, 10);
	uint64_t value;

	return parse_number(text, low, strtoull(rest + 2, NULL, 10), &value,
			    err);
}

static int check_quiesce(const char *text, struct error **err)
{
	struct quiesce quiesce;
	int r = cutover_quiesce_parse(text, &quiesce, err);

	cutover_quiesce_done(&quiesce);
	return r;
}

int config_value_check(const struct config_parameter *row, const char *text,
		       struct error **err)
{
	struct cutover cutover;
	uint64_t seconds;
	uint64_t rate;
	bool on;

	switch (row->type) {
	case CONFIG_SWITCH:
		return parse_switch(text, &on, err);
	case CONFIG_DURATION:
		if (parse_duration(text, &seconds, err) < 0)
			return -EINVAL;
		if (seconds > INT32_MAX)
			return error_set(err, ERROR_CONFIG, 0,
					 "'%s' is longer than a life", text);
		return 0;
	case CONFIG_ALL:
		return *text ? check_list(text, err) : 0;
	case CONFIG_LIST:
		return check_list(text, err);
	case CONFIG_STAGES:
		return check_stages(row->values, text, err);
	case CONFIG_CHOICE:
		if (!is_choice(row->values, text))
			return error_set(err, ERROR_CONFIG, 0,
					 "'%s' is not one of: %s", text,
					 row->values);
		return 0;
	case CONFIG_NUMBER:
		return check_number(row->values, text, err);
	case CONFIG_RATE:
		return parse_rate(text, &rate, err);
	case CONFIG_WHEN:
		return cutover_parse(text, &cutover, err);
	case CONFIG_HOW:
		return check_quiesce(text, err);
	case CONFIG_TEXT:
		if (!*text)
			return error_set(err, ERROR_CONFIG, 0,
					 "a value is missing");
		return 0;
	}
	return 0;
}
