/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_CONFIG_CONFIG_PART_H
#define LANDER_CONFIG_CONFIG_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct error;

#define CONFIG_PARTS_MAX 64U

/** One line `part PLACE [size=SIZE] [grow] [fstype=TYPE]` of a job. */
struct config_part {
	char *place;   /* "/var"; "swap" */
	char *fs;      /* "xfs", or NULL: as it is */
	char *origin;  /* "web01.ks:12" */
	bool has_size; /* the following counts */
	uint64_t size; /* bytes, whole MiB; 0: none of it */
	bool grow;     /* gets what is left */
	int rank;      /* where it came from: a higher one wins */
};

struct config_parts {
	struct config_part *part;
	size_t count;
};

/** config_part_add(parts, text, origin, rank, err): the words behind `part`.
 *  Of one place only those of the highest rank stay.  Errors: ERROR_CONFIG,
 *  "origin: part: what is wrong". */
int config_part_add(struct config_parts *parts, const char *text,
		    const char *origin, int rank, struct error **err);
/** config_part_explain(parts, out): a line for each of them. */
void config_part_explain(const struct config_parts *parts, FILE *out);

void config_part_done(struct config_parts *parts);

#endif
