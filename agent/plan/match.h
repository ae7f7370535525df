/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_MATCH_H
#define LANDER_PLAN_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blockdevs;
struct error;

/** One entry of disks=: what the operator asked for. */
struct match_wish {
	char *source; /* export name, NULL when only the target is named */
	char *target; /* name, path, serial or wwn */
};

struct match_wishes {
	struct match_wish *wish;
	size_t count;
};

/** match_parse(text, ret, err): disks=[SRC:]DST,… ; NULL gives none. */
int match_parse(const char *text, struct match_wishes *ret_wishes,
		struct error **err);
void match_done(struct match_wishes *wishes);

/** A source disk that looks for its target. */
struct match_source {
	const char *name; /* export name, "" for the only one */
	uint64_t size;	  /* bytes */
	size_t target;	  /* out: index into the targets */
};

/** A disk of this machine, as far as the choice goes. */
struct match_target {
	uint64_t size;
	bool usable;  /* blank, or holds this job's record: may be chosen
		       * without being named */
	bool free;    /* may be written to at all */
	bool claimed; /* holds this job's record for the source at index */
	size_t claim;
};

struct match {
	struct match_source *source;
	size_t sources;
	const struct match_target *target;
	size_t targets;
	const struct blockdevs *disks; /* same order as target */
};

/**
 * match_choose(match, wishes, err): a target for every source.  Named ones
 * first (wishes), then those whose record says so, then the only possible
 * match: equal size, or the one disk that is left, or size by size when no two
 * are equal.  Errors: ERROR_REFUSED when there is none or more than one, with
 * the disks= line that would decide it; ERROR_CONFIG for a wish that names
 * nothing, or one disk twice.
 */
int match_choose(struct match *match, const struct match_wishes *wishes,
		 struct error **err);

#endif
