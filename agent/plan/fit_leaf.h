/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_LEAF_H
#define LANDER_PLAN_FIT_LEAF_H

#include <stddef.h>

struct fit_work;

/** fit_leaf_collect(work): file systems, swap, and what firmware needs: what
 *  each of them is, where it is mounted, how large it was and must be. */
void fit_leaf_collect(struct fit_work *work);

#endif
