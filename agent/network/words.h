/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_WORDS_H
#define LANDER_NETWORK_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define WORDS_FIELDS 24 /* more fields than any word has */

/** One word of the kernel command line. */
struct word {
	const char *key;
	const char *value; /* "" when there is no '=' */
};

/** All words, in order; words_done() ends them. */
struct words {
	char *text; /* what keys and values point into */
	struct word *word;
	size_t count;
};

/** The fields of one value; words_fields_done() ends them. */
struct fields {
	char *text;
	char *field[WORDS_FIELDS];
	size_t count; /* at least 1 */
};

/** words_split(cmdline, ret, err): blanks and control characters separate
 *  words, '"' protects blanks (kernel: lib/cmdline.c).  Errors: ENOMEM. */
int words_split(const char *cmdline, struct words *ret, struct error **err);
void words_done(struct words *words);

/**
 * words_fields(value, separator, ret, err): split at a separator that is not
 * inside [ ].  Returns 0, 1 when the brackets do not pair or there are too
 * many fields, -ENOMEM.
 */
int words_fields(const char *value, char separator, struct fields *ret,
		 struct error **err);
void words_fields_done(struct fields *fields);

#endif
