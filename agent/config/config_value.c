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
#include <strings.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/cutover.h"
#include "net/syslog_link.h"

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

/* "scheme://user:password@host"; a password may have a slash in it, and a name
 * behind a host an "@": nbd://host:10809/export@1 has none. */
static bool has_password(const char *text)
{
	const char *at = strstr(text, "://");
	const char *colon;
	const char *end;
	size_t length;

	if (!at)
		return false;
	at += 3;
	length = strcspn(at, "/?#");
	end = memrchr(at, '@', length);
	/* Not one of an IPv6 address. */
	colon = *at == '[' ? NULL
			   : memchr(at, ':', end ? (size_t)(end - at) : length);
	if (end || !colon)
		return colon;
	return strchr(at + length, '@') &&
	       (!strncmp(text, "ssh://", 6) ||
		strspn(colon + 1, "0123456789") + 1 <
			(size_t)(at + length - colon));
}

static int check_address(const char *text, struct error **err)
{
	if (!*text)
		return error_set(err, ERROR_CONFIG, 0, "a value is missing");
	if (has_password(text))
		return error_set(err, ERROR_CONFIG, 0,
				 "no password belongs into an address");
	return 0;
}

const char *config_value_shown(const struct config_parameter *row,
			       const char *text, char *buf, size_t room)
{
	static const char *const places[] = {"file:", "fw_cfg:", "cred:", "/"};

	if (!text)
		return "-";
	if (row->secret)
		return "(set)";
	/* The path of a URL may be all that it takes to use it. */
	if (strstr(text, "://") &&
	    (row->type == CONFIG_PLACE || !strncasecmp(text, "http", 4))) {
		parse_url_place(text, false, buf, room);
		return buf;
	}
	if (row->type != CONFIG_PLACE || !strcmp(text, "code"))
		return text;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (!strncmp(text, places[i], strlen(places[i])))
			return text;
	/* It may be the secret itself, in the place of its place. */
	return "(set)";
}

static int check_https(const char *text, struct error **err)
{
	if (!strncasecmp(text, "https://", 8) && text[8])
		return 0;
	return error_set(err, ERROR_CONFIG, 0, "it is no URL of https");
}

static int check_loghost(const char *text, struct error **err)
{
	struct syslog_link_place place;

	if (check_address(text, err) < 0)
		return -EINVAL;
	return syslog_link_parse(text, &place, err);
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
	case CONFIG_HTTPS:
		return check_https(text, err);
	case CONFIG_LOGHOST:
		return check_loghost(text, err);
	case CONFIG_WHEN:
		return cutover_parse(text, &cutover, err);
	case CONFIG_HOW:
		return check_quiesce(text, err);
	case CONFIG_ADDRESS:
		return check_address(text, err);
	case CONFIG_TEXT:
	case CONFIG_PLACE:
		if (!*text)
			return error_set(err, ERROR_CONFIG, 0,
					 "a value is missing");
		return 0;
	}
	return 0;
}
