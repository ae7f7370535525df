/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_PROBLEMS_H
#define LANDER_NETWORK_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct word;

#define PROBLEMS_SHOWN 8

/** Everything wrong with a command line.  Zero-filled is none. */
struct problems {
	size_t count;
	char line[PROBLEMS_SHOWN][320]; /* "ip=eth0:dhpc: …" */
};

/**
 * problems_add(problems, word, fmt, ...): one more; word is named in front.
 * Control characters become '?', long text is cut.  Always returns false, so
 * that a parser can `return problems_add(...)`.
 */
bool problems_add(struct problems *problems, const struct word *word,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** problems_error(problems, err): 0 when there are none, else one ERROR_CONFIG
 *  with all of them between "; ". */
int problems_error(const struct problems *problems, struct error **err);

/** problems_clean(text, buf, room): a copy that is safe to print: control and
 *  non-ASCII bytes as '?', the end cut with "..." when it does not fit. */
const char *problems_clean(const char *text, char *buf, size_t room);

#endif
