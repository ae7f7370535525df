/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_SIZE_H
#define LANDER_PLAN_FIT_SIZE_H

struct fit_work;

/** fit_size_all(work): sizes of everything, from what is made in it up to the
 *  disks, and back with what there is.  Where it does not fit, that is among
 *  the reasons, and fit->missing is how much. */
void fit_size_all(struct fit_work *work);

#endif
