/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text to values and back.  A bad text is named in the error; nothing is
 * guessed, no trailing rest is ignored.
 */
#include "base/parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

/* Digits at the start of text; *rest points behind them. */
static bool read_digits(const char *text, uint64_t *ret_value,
			const char **rest)
{
	uint64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'),
					   &value))
			return false;
	*ret_value = value;
	*rest = at;
	return at != text;
}

int parse_number(const char *text, uint64_t low, uint64_t high,
		 uint64_t *ret_value, struct error **err)
{
	const char *rest;
	uint64_t value;

	if (!read_digits(text, &value, &rest) || *rest)
		return error_set(err, ERROR_CONFIG, 0, "'%s' is not a number",
				 text);
	if (value < low || value > high)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is not in %" PRIu64 "..%" PRIu64, text,
				 low, high);
	*ret_value = value;
	return 0;
}

/* A number with one optional unit letter out of units. */
static bool read_scaled(const char *text, const char *units,
			const uint64_t *scale, uint64_t *ret_value)
{
	const char *rest;
	const char *unit;
	uint64_t value;

	if (!read_digits(text, &value, &rest))
		return false;
	if (*rest) {
		unit = strchr(units, *rest);
		if (!unit || rest[1] ||
		    __builtin_mul_overflow(value, scale[unit - units], &value))
			return false;
	}
	*ret_value = value;
	return true;
}

int parse_duration(const char *text, uint64_t *ret_seconds, struct error **err)
{
	static const uint64_t scale[] = {1, 60, 3600, 86400};

	if (!read_scaled(text, "smhd", scale, ret_seconds))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is not a duration (seconds, or 90s, "
				 "5m, 2h)",
				 text);
	return 0;
}

#define RATE_MIN ((uint64_t)64000)
#define RATE_MAX ((uint64_t)1000000000000)

/* Three digits behind the point at most: a unit makes them whole bytes. */
static bool read_rate(const char *text, uint64_t *ret_rate)
{
	const char *const units = "KMG";
	const char *rest;
	const char *unit;
	uint64_t part = 0;
	uint64_t step;

	if (!read_digits(text, ret_rate, &rest) || *ret_rate > RATE_MAX)
		return false;
	if (*rest == '.') {
		const char *from = rest + 1;

		if (!read_digits(from, &part, &rest) || rest - from > 3)
			return false;
		for (ptrdiff_t i = rest - from; i < 3; i++)
			part *= 10;
		if (!*rest)
			return false;
	}
	if (!*rest)
		return true;
	unit = strchr(units, *rest);
	if (!unit || rest[1])
		return false;
	step = 1000;
	for (; unit > units; unit--)
		step *= 1000;
	/* What would not fit into 64 bits is out of the range, too. */
	if (*ret_rate > RATE_MAX / step)
		*ret_rate = UINT64_MAX;
	else
		*ret_rate = *ret_rate * step + part * (step / 1000);
	return true;
}

int parse_rate(const char *text, uint64_t *ret_rate, struct error **err)
{
	uint64_t rate = 0;

	if (strcmp(text, "off") != 0 && !read_rate(text, &rate))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is not a rate (bytes a second: 800K, "
				 "20M, 1.5G, or off)",
				 text);
	if (strcmp(text, "off") != 0 && (rate < RATE_MIN || rate > RATE_MAX))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is not in 64K..1000G bytes a second",
				 text);
	*ret_rate = rate;
	return 0;
}

int parse_switch(const char *text, bool *ret_on, struct error **err)
{
	static const char *const yes[] = {"", "yes", "true", "on", "1"};
	static const char *const no[] = {"no", "false", "off", "0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		if (!strcasecmp(text, yes[i])) {
			*ret_on = true;
			return 0;
		}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (!strcasecmp(text, no[i])) {
			*ret_on = false;
			return 0;
		}
	return error_set(err, ERROR_CONFIG, 0, "'%s' is not yes or no", text);
}

int parse_split(const char *text, char separator, char ***ret_fields,
		struct error **err)
{
	size_t count = 1;
	size_t used = 0;
	char **fields;

	for (const char *at = text; *at; at++)
		count += *at == separator;
	fields = calloc(count + 1, sizeof(*fields));
	if (!fields)
		return error_memory(err);
	while (*text) {
		const char *end = strchrnul(text, separator);

		fields[used] = strndup(text, (size_t)(end - text));
		if (!fields[used++]) {
			parse_free_list(fields);
			return error_memory(err);
		}
		if (!*end)
			break;
		text = end + 1;
		if (!*text) {
			fields[used] = strdup("");
			if (!fields[used++]) {
				parse_free_list(fields);
				return error_memory(err);
			}
		}
	}
	*ret_fields = fields;
	return 0;
}

void parse_free_list(char **fields)
{
	if (!fields)
		return;
	for (size_t i = 0; fields[i]; i++)
		free(fields[i]);
	free(fields);
}

const char *parse_format_size(uint64_t bytes, char *buf, size_t room)
{
	static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	size_t i = 0;

	for (; value >= 1024 && i < 4; i++)
		value /= 1024;
	if (i == 0 || value >= 100)
		(void)snprintf(buf, room, "%.0f %s", value, unit[i]);
	else
		(void)snprintf(buf, room, "%.1f %s", value, unit[i]);
	return buf;
}

const char *parse_format_amount(uint64_t bytes, char *buf, size_t room)
{
	double value = (double)bytes;

	if (bytes < 1000)
		(void)snprintf(buf, room, "%.0f bytes", value);
	else if (bytes < 1000000)
		(void)snprintf(buf, room, "%.1f kB", value / 1e3);
	else
		(void)snprintf(buf, room, "%.*f MB", bytes < 100000000 ? 1 : 0,
			       value / 1e6);
	return buf;
}

/* Bytes of the UTF-8 character at text, 0 when it is none or a control one.
 * Source: The Unicode Standard, table 3-7. */
static size_t character(const unsigned char *text)
{
	static const struct {
		unsigned char low, high; /* first byte */
		unsigned char from, to;	 /* second byte */
		unsigned char length;
	} row[] = {
		{0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	if (*text < 0x80)
		return *text >= ' ' && *text != 0x7f;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (*text < row[i].low || *text > row[i].high)
			continue;
		if (text[1] < row[i].from || text[1] > row[i].to)
			return 0;
		for (size_t at = 2; at < row[i].length; at++)
			if ((text[at] & 0xc0) != 0x80)
				return 0;
		return row[i].length;
	}
	return 0;
}

void parse_make_printable(char *text)
{
	while (*text) {
		size_t length = character((const unsigned char *)text);

		if (!length)
			*text = '?';
		text += length ? length : 1;
	}
}

void parse_url_place(const char *url, bool path, char *buf, size_t room)
{
	const char *at = strstr(url, "://");
	size_t scheme = at ? (size_t)(at + 3 - url) : 0;
	size_t length = strcspn(url + scheme, "/?#\\");
	const char *rest = url + scheme + length;
	const char *host = memrchr(url + scheme, '@', length);

	host = host ? host + 1 : url + scheme;
	/* A password may have a slash in it, too. */
	if (!scheme || strchr(rest, '@')) {
		rest = host;
		path = false;
	}
	(void)snprintf(buf, room, "%.*s%.*s%.*s%s", (int)scheme, url,
		       (int)(rest - host), host,
		       path ? (int)strcspn(rest, "?#") : 0, rest,
		       path ? "" : "/…");
	parse_make_printable(buf);
}
