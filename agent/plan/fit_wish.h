/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_WISH_H
#define LANDER_PLAN_FIT_WISH_H

struct fit_work;

/** fit_wish_apply(work): sizes and kinds that the operator wants, and places
 *  that the source has no file system of its own for. */
void fit_wish_apply(struct fit_work *work);

#endif
