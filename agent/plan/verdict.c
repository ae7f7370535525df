/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a survey of a source means: reasons, times, one verdict.  It looks at
 * nothing but what it is given, so that a table can try all of it.
 */
#include "plan/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "plan/verdict_parts.h"
#include "source/survey.h"

/* The classic tool's limits; here they only warn. */
#define LATENCY_S 0.002
#define LINE_LOW  (100e6 / 8)

/* Less says nothing about a line that is quick. */
#define DATA_ENOUGH ((uint64_t)4 << 20)
#define DATA_LITTLE ((uint64_t)64 << 10)

static bool is_said(const struct verdict *verdict, enum reason reason,
		    const char *disk)
{
	for (size_t i = 0; i < verdict->count; i++) {
		const struct verdict_finding *finding = &verdict->finding[i];

		if (finding->reason == reason &&
		    (!disk || (finding->disk && !strcmp(finding->disk, disk))))
			return true;
	}
	return false;
}

int verdict_add(struct verdict *verdict, enum reason reason, const char *disk,
		const char *fmt, ...)
{
	enum reason_weight weight = reason_row(reason)->weight;
	struct verdict_finding one = {.reason = reason};
	struct verdict_finding *more;
	va_list arguments;
	int length = 0;

	if (is_said(verdict, reason, disk))
		return 0;
	more = realloc(verdict->finding, (verdict->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	verdict->finding = more;
	if (fmt) {
		va_start(arguments, fmt);
		length = vasprintf(&one.words, fmt, arguments);
		va_end(arguments);
	}
	if (length < 0)
		return -ENOMEM;
	one.disk = disk ? strdup(disk) : NULL;
	if (disk && !one.disk) {
		free(one.words);
		return -ENOMEM;
	}
	verdict->finding[verdict->count++] = one;
	if (weight > verdict->weight)
		verdict->weight = weight;
	return 0;
}

void verdict_done(struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->count; i++) {
		free(verdict->finding[i].disk);
		free(verdict->finding[i].words);
	}
	free(verdict->finding);
	*verdict = (struct verdict){0};
}

const char *verdict_name(const struct verdict *verdict)
{
	return verdict->weight == REASON_NOTE
		       ? "pass"
		       : reason_weight_name(verdict->weight);
}

bool verdict_is_reached(const struct verdict *verdict)
{
	return !is_said(verdict, REASON_UNREACHABLE, NULL) &&
	       !is_said(verdict, REASON_JUMP, NULL) &&
	       !is_said(verdict, REASON_NO_ANSWER, NULL) &&
	       !is_said(verdict, REASON_NO_SSH, NULL) &&
	       !is_said(verdict, REASON_NOT_ASKED, NULL);
}

/* Where most of what was read is zero, the line was not what it took time for:
 * it carries at least what came. */
static bool is_least(const struct gauge *gauge)
{
	return gauge->data < gauge->read / 2;
}

static bool is_line_measured(const struct gauge *gauge)
{
	if (gauge->seconds <= 0)
		return false;
	return gauge->data >= DATA_ENOUGH ||
	       (gauge->data >= DATA_LITTLE && !is_least(gauge));
}

static int judge_speed(const struct gauge *gauge, struct verdict *verdict)
{
	double bits = verdict->line * 8 / 1e6;

	if (verdict->line <= 0)
		return verdict_add(verdict, REASON_THROUGHPUT_UNKNOWN, NULL,
				   "%s",
				   gauge->read ? "there are hardly any blocks "
						 "that are not zero"
					       : "no disk could be read");
	if (verdict->line >= LINE_LOW)
		return 0;
	if (is_least(gauge))
		return verdict_add(verdict, REASON_THROUGHPUT_UNKNOWN, NULL,
				   "at least %.1f Mbit/s: most blocks are zero",
				   bits);
	return verdict_add(verdict, REASON_THROUGHPUT_LOW, NULL, "%.1f Mbit/s",
			   bits);
}

static int judge_line(const struct survey *survey, struct verdict *verdict)
{
	const struct gauge *gauge = &survey->gauge;
	int r = 0;

	if (gauge->round_trip >= LATENCY_S)
		r = verdict_add(verdict, REASON_LATENCY_HIGH, NULL, "%.1f ms",
				gauge->round_trip * 1e3);
	if (gauge->seconds > 0)
		verdict->reading = (double)gauge->read / gauge->seconds;
	if (gauge->hash_seconds > 0 && gauge->hashed)
		verdict->reading = (double)gauge->hashed / gauge->hash_seconds;
	if (is_line_measured(gauge))
		verdict->line = (double)gauge->data / gauge->seconds;
	verdict->line_least = is_least(gauge);
	if (r == 0)
		r = judge_speed(gauge, verdict);
	if (r == 0 && gauge->failed)
		r = verdict_add(verdict, REASON_READ_ERRORS, NULL,
				"%" PRIu64 " bytes of %" PRIu64
				" that were tried",
				gauge->failed, gauge->read + gauge->failed);
	return r;
}

static void add_up(const struct survey *survey, struct verdict *verdict)
{
	for (size_t i = 0; i < survey->disks; i++) {
		const struct survey_disk *disk = &survey->disk[i];
		uint64_t used = disk->size;

		if (disk->about && facts_used(disk->about, &used))
			verdict->used_known = true;
		verdict->size += disk->size;
		verdict->used += used;
		verdict->written += disk->written > disk->usual ? disk->written
								: disk->usual;
	}
}

static int judge_times(const struct survey *survey,
		       const struct verdict_wishes *wishes,
		       struct verdict *verdict)
{
	struct forecast_basis basis;
	int r = 0;

	add_up(survey, verdict);
	basis = (struct forecast_basis){.size = verdict->size,
					.used = verdict->used,
					.line = verdict->line,
					.reading = verdict->reading,
					.written = verdict->written,
					.tracked = verdict->tracked,
					.budget = wishes->downtime};
	verdict->forecast = forecast_make(&basis);
	if (!verdict->forecast.known)
		return 0;
	if (!verdict->forecast.converges)
		r = verdict_add(verdict, REASON_NOT_CONVERGING, NULL,
				"%.1f MB/s are written, %.1f MB/s come over",
				verdict->written / 1e6, verdict->line / 1e6);
	if (r == 0 && verdict->forecast.downtime > wishes->downtime)
		r = verdict_add(verdict, REASON_DOWNTIME_LONG, NULL,
				"%.0f s, and not %.0f s",
				verdict->forecast.downtime, wishes->downtime);
	return r;
}

static int by_order(const void *a, const void *b)
{
	const struct verdict_finding *x = a;
	const struct verdict_finding *y = b;

	if (x->reason != y->reason)
		return x->reason < y->reason ? -1 : 1;
	return strcmp(x->disk ? x->disk : "", y->disk ? y->disk : "");
}

int verdict_judge(const struct survey *survey,
		  const struct verdict_wishes *wishes, struct verdict *ret,
		  struct error **err)
{
	int r;

	*ret = (struct verdict){0};
	r = verdict_reach(survey, ret);
	if (survey->step >= SURVEY_FACTS) {
		if (r == 0)
			r = verdict_machine(survey, ret);
		for (size_t i = 0; r == 0 && i < survey->disks; i++)
			r = verdict_disk(survey, &survey->disk[i], ret);
		if (r == 0)
			r = judge_line(survey, ret);
		if (r == 0)
			r = judge_times(survey, wishes, ret);
	}
	if (r < 0) {
		verdict_done(ret);
		return error_memory(err);
	}
	if (ret->count)
		qsort(ret->finding, ret->count, sizeof(*ret->finding),
		      by_order);
	return 0;
}
