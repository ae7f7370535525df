/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TRACEFS_H
#define LANDER_SOURCE_TRACEFS_H

#include <stdbool.h>
#include <stddef.h>

struct text;

#define TRACEFS_PATH 192U

/** The kernel's tracing directory, held open. */
struct tracefs {
	int fd;
	char root[32]; /* a path to it, good in this process only */
};

/** tracefs_open(tracefs, why): where it is mounted, or mounted where nobody
 *  else sees it.  0, or a positive errno with its reason in why. */
int tracefs_open(struct tracefs *tracefs, struct text *why);

/** tracefs_path(ret, part, …, NULL): these parts in a row; what does not fit is
 *  no path of anything.  Returns ret. */
const char *tracefs_path(char ret[TRACEFS_PATH], ...) __attribute__((sentinel));

/** tracefs_write(path, words): into a file that is there; 0 or a negative
 *  errno. */
int tracefs_write(const char *path, const char *words);

/** tracefs_sweep(tracefs): remove the trace instances that lander-sources of
 *  former times left behind. */
void tracefs_sweep(const struct tracefs *tracefs);

/** tracefs_name(text, number): what this process calls its number-th instance:
 *  it can be told from those of the dead. */
void tracefs_name(struct text *text, unsigned int number);

#endif
