/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FILECOPY_H
#define LANDER_RUN_FILECOPY_H

#include <stdatomic.h>
#include <stdbool.h>

/** filecopy_run(words, stop): `lander files`: directories of a machine copied
 *  into directories of this one, without a job; words: what follows on the
 *  command line, NULL-terminated.  The exit status. */
int filecopy_run(char *const *words, const _Atomic bool *stop);

#endif
