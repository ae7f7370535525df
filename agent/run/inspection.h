/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_INSPECTION_H
#define LANDER_RUN_INSPECTION_H

/**
 * inspection_run(words): "lander inspect [--json] --root DIR" or "… DISK…": the
 * Linux system there, on stdout, as a table or as one JSON object.  Nothing is
 * written to it.  Returns the exit status: 0 when a system was found, else the
 * kind of the error, which is on stderr, and in the JSON as "problem".
 */
int inspection_run(char *const *words);

#endif
