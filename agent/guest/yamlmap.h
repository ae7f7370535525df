/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_YAMLMAP_H
#define LANDER_GUEST_YAMLMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/line.h"

#define YAMLMAP_DEPTH 8

/**
 * A walk through the block mappings of a YAML file, one line at a time.  Start
 * with only at set, to the text.  It understands what people and installers
 * write for netplan: keys indented by spaces, plain and quoted scalars,
 * comments, lists, and flow collections ({…}, […]), which it steps over.
 * Source: YAML 1.1, chapters 5 to 8.
 */
struct yamlmap {
	const char *at;
	struct line line; /* as it is in the file */
	unsigned number;  /* of the line, from 1 */
	bool has_key;	  /* a key of a mapping is in this line: */
	struct line key[YAMLMAP_DEPTH]; /* it, after those that it is in */
	size_t indent[YAMLMAP_DEPTH];
	size_t depth;	     /* how many of key[] count */
	struct line value;   /* without quotes and comment; empty: below it */
	const char *refused; /* what is not understood; it ends the walk */
	int open;	     /* brackets of a flow collection */
};

/** yamlmap_next(map): the next line; false at the end, or when refused. */
bool yamlmap_next(struct yamlmap *map);

/** yamlmap_flow(at, end, key, value): one "key: value" of a flow mapping
 * without another one in it, "{a: b, c: d}"; *at starts at the "{".  False at
 * the end.
 */
bool yamlmap_flow(const char **at, const char *end, struct line *ret_key,
		  struct line *ret_value);

#endif
