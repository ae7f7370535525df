/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_VERDICT_H
#define LANDER_PLAN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/forecast.h"
#include "plan/reason.h"

struct error;
struct survey;

/** A reason that holds. */
struct verdict_finding {
	enum reason reason;
	char *disk;  /* which one, or NULL */
	char *words; /* what was seen, or NULL */
};

/** What a survey means for a migration. */
struct verdict {
	enum reason_weight weight; /* REASON_NOTE: passed */
	struct verdict_finding *finding;
	size_t count;
	uint64_t size; /* of all disks, bytes */
	uint64_t used; /* in their file systems; size where not known */
	bool used_known;
	double line;	 /* data, bytes a second; 0: not measured */
	bool line_least; /* it may carry more */
	double reading;	 /* bytes a second, zeroes and all; 0 likewise */
	double written;	 /* bytes a second */
	bool tracked;	 /* what was written can be tracked */
	struct forecast forecast;
};

/** What the operator wants to be told of. */
struct verdict_wishes {
	double downtime; /* the most of it, seconds */
};

/** verdict_judge(survey, wishes, ret, err): decides only by what it is given.
 *  Errors: out of memory. */
int verdict_judge(const struct survey *survey,
		  const struct verdict_wishes *wishes, struct verdict *ret,
		  struct error **err);

/**
 * verdict_add(verdict, reason, disk, fmt, ...): one more finding; disk and fmt
 * may be NULL.  Said twice of one disk, the first stays.  verdict_done(): all
 * of them go.
 */
int verdict_add(struct verdict *verdict, enum reason reason, const char *disk,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void verdict_done(struct verdict *verdict);

/** verdict_name(verdict): "pass", "warn", "refuse". */
const char *verdict_name(const struct verdict *verdict);

/** verdict_is_reached(verdict): whether anything answered there at all. */
bool verdict_is_reached(const struct verdict *verdict);

#endif
