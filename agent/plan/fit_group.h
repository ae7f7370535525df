/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_GROUP_H
#define LANDER_PLAN_FIT_GROUP_H

#include <stddef.h>

struct fit_work;

/** fit_group_put(work, device, put): a logical volume, and the group that it is
 *  in with all it lies on, each made by put(): its place, or FIT_NONE. */
size_t fit_group_put(struct fit_work *work, size_t device,
		     size_t (*put)(struct fit_work *work, size_t device));

#endif
