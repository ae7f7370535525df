/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_STACK_H
#define LANDER_PLAN_FIT_STACK_H

#include <stddef.h>

struct fit_work;

/** fit_stack_put(work, device): what this device of the source becomes in the
 *  design, and all that it needs to stand on: the place of it, or FIT_NONE, and
 *  why not is among the reasons. */
size_t fit_stack_put(struct fit_work *work, size_t device);

/** fit_stack_part(work, disk, type): a new partition on that DESIGN_DISK. */
size_t fit_stack_part(struct fit_work *work, size_t disk, const char *type);

/** fit_stack_type(work): partitions whose array or container is gone are
 *  called what they are now. */
void fit_stack_type(struct fit_work *work);

#endif
