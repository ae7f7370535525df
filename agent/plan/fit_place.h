/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_PLACE_H
#define LANDER_PLAN_FIT_PLACE_H

struct fit_work;

/** fit_place_tables(work): which kind of table each target gets, and what its
 *  firmware needs on the disk that it starts from. */
void fit_place_tables(struct fit_work *work);

/** fit_place_parts(work): where on its disk each partition begins; numbers, in
 *  an MBR with the extended one. */
void fit_place_parts(struct fit_work *work);

#endif
