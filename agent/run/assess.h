/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ASSESS_H
#define LANDER_RUN_ASSESS_H

#include <stdatomic.h>
#include <stdbool.h>

/**
 * assess_run(words, stop): "lander check …": looks at SSH sources and says
 * whether and how they could be migrated.  Nothing is written anywhere.
 * Returns the exit status: 0 all pass or warn, 3 one is refused, 6 none was
 * reached, 2 wrong words, 10 when *stop became true.
 */
int assess_run(char *const *words, const _Atomic bool *stop);

#endif
