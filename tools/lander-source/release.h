/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_RELEASE_H
#define LANDER_SOURCE_RELEASE_H

#include <stdbool.h>

struct hold;
struct text;

/** release_systems(hold, to): the file systems that were done with can be
 *  written to again; a line each, and "not …" for what can't be undone. */
void release_systems(struct hold *hold, struct text *to);

/** release_all(hold, units, to): everything that was begun, and, when units is
 *  true, units started again. */
void release_all(struct hold *hold, bool units, struct text *to);

#endif
