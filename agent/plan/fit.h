/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_H
#define LANDER_PLAN_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/design.h"

struct config_parts;
struct error;
struct storage;

#define FIT_MARGIN 30U /* percent that is kept free beside what is used */
#define FIT_DISKS  16U

/** A disk that is to hold the new system. */
struct fit_target {
	const char *name; /* "/dev/vda", for people */
	uint64_t size;	  /* bytes */
	uint32_t sector;
};

/** What a new layout is made of. */
struct fit_order {
	const struct storage *storage;
	const char *source[FIT_DISKS]; /* disks of the job, names in /dev */
	size_t onto[FIT_DISKS];	       /* … the target of each, its place */
	size_t sources;
	struct fit_target target[FIT_DISKS];
	size_t targets;
	/* of the operator, or NULL */
	const struct config_parts *wishes;
	bool uefi;	  /* how the new machine starts */
	bool plain;	  /* containers are not made again */
	const char *seed; /* of identities that are new: the job's UUID */
};

/** What is on a place of the design, by numbers. */
struct fit_row {
	uint64_t before; /* bytes; 0: it is new */
	uint64_t used;	 /* bytes; 0: not known */
	bool grown;
};

struct fit {
	struct design design;
	struct fit_row *row; /* one for each node of it */
	char **note;	     /* what is different, or left out; in words */
	size_t notes;
	char **left_out; /* places of the source that no file is taken of */
	size_t left_outs;
	/* What became of each device of the storage: a node, SIZE_MAX: none. */
	size_t *made;
	size_t left;  /* how many things are left out, though they are there */
	bool no_swap; /* by wish */
	/* It does not fit: bytes; what would need them is in the error. */
	uint64_t missing;
};

/**
 * fit_make(order, ret, err): the file systems, swap, and what firmware needs,
 * of those disks, on these targets.  What fits as it is keeps its size; what
 * does not is made smaller, down to what is used and FIT_MARGIN.  UUIDs,
 * labels, names and types stay.  Errors: ERROR_REFUSED: it does not fit, or
 * there is something that can't be made again; all reasons in one.
 * ERROR_CONFIG: a wish that can't be met.
 */
int fit_make(const struct fit_order *order, struct fit *ret,
	     struct error **err);
void fit_done(struct fit *fit);

/** fit_print(fit, ret, err): before and after, a line each, then the
 *  notes, then the wishes that would give the same. */
int fit_print(const struct fit *fit, char **ret_text, struct error **err);

#endif
