/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words for when and how a running source is stopped.  They become values
 * here; nothing is stopped.
 */
#include "config/cutover.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/parse.h"

#define UNIT_NAME_MAX 255 /* systemd.unit(5) */

static const char *after(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) ? NULL : text + length;
}

/* Digits at the places of '0' in form, and everything else as it stands. */
static bool has_form(const char *text, const char *form)
{
	for (; *form; form++, text++)
		if (*form == '0' ? (*text < '0' || *text > '9')
				 : *text != *form)
			return false;
	return !*text;
}

/* timegm(3) would make the 1st of March out of the 30th of February. */
static bool is_date(struct tm *date, int64_t *ret)
{
	struct tm asked = *date;
	time_t at = timegm(date);

	*ret = at;
	return at > 0 && date->tm_mon == asked.tm_mon &&
	       date->tm_mday == asked.tm_mday &&
	       date->tm_hour == asked.tm_hour && date->tm_min == asked.tm_min &&
	       date->tm_sec == asked.tm_sec;
}

static int two(const char *at)
{
	return (at[0] - '0') * 10 + at[1] - '0';
}

static bool parse_date(const char *text, int64_t *ret)
{
	bool seconds = has_form(text, "0000-00-00T00:00:00Z");
	struct tm date = {0};

	if (!seconds && !has_form(text, "0000-00-00T00:00Z"))
		return false;
	date.tm_year = two(text) * 100 + two(text + 2) - 1900;
	date.tm_mon = two(text + 5) - 1;
	date.tm_mday = two(text + 8);
	date.tm_hour = two(text + 11);
	date.tm_min = two(text + 14);
	date.tm_sec = seconds ? two(text + 17) : 0;
	return is_date(&date, ret);
}

int cutover_parse(const char *text, struct cutover *ret, struct error **err)
{
	const char *date = after(text, "at:");

	*ret = (struct cutover){CUTOVER_AUTO, 0};
	if (!strcmp(text, "auto"))
		return 0;
	if (!strcmp(text, "manual")) {
		ret->when = CUTOVER_MANUAL;
		return 0;
	}
	if (!date)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is not one of: auto manual "
				 "at:2026-11-28T02:00Z",
				 text);
	if (!parse_date(date, &ret->at))
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is no time of the form "
				 "2026-11-28T02:00Z",
				 date);
	ret->when = CUTOVER_AT;
	return 0;
}

static int check_unit(const char *name, struct error **err)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789:_.\\@-";

	if (*name && *name != '-' && strlen(name) <= UNIT_NAME_MAX &&
	    !name[strspn(name, good)])
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "'%.64s' can't be the name of a unit", name);
}

static int parse_units(const char *text, struct quiesce *ret,
		       struct error **err)
{
	size_t bytes = 0;
	int r = parse_split(text, ',', &ret->units, err);

	if (r < 0)
		return r;
	if (!ret->units[0])
		r = error_set(err, ERROR_CONFIG, 0, "stop: names no unit");
	for (size_t i = 0; r == 0 && ret->units[i]; i++) {
		r = check_unit(ret->units[i], err);
		bytes += strlen(ret->units[i]) + 1;
	}
	if (r == 0 && bytes > QUIESCE_UNITS_MAX)
		r = error_set(err, ERROR_CONFIG, 0,
			      "more names of units than %d bytes",
			      QUIESCE_UNITS_MAX);
	if (r < 0)
		cutover_quiesce_done(ret);
	else
		ret->way = QUIESCE_STOP;
	return r;
}

int cutover_quiesce_parse(const char *text, struct quiesce *ret,
			  struct error **err)
{
	static const struct {
		const char *word;
		enum quiesce_way way;
	} ways[] = {{"auto", QUIESCE_AUTO},
		    {"freeze", QUIESCE_FREEZE},
		    {"readonly", QUIESCE_READONLY},
		    {"snapshot", QUIESCE_SNAPSHOT},
		    {"none", QUIESCE_NONE}};
	const char *units = after(text, "stop:");

	*ret = (struct quiesce){0};
	if (units)
		return parse_units(units, ret, err);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(text, ways[i].word)) {
			ret->way = ways[i].way;
			return 0;
		}
	return error_set(err, ERROR_CONFIG, 0,
			 "'%s' is not one of: auto freeze readonly snapshot "
			 "none stop:UNIT,…",
			 text);
}

void cutover_quiesce_done(struct quiesce *quiesce)
{
	parse_free_list(quiesce->units);
	quiesce->units = NULL;
}
