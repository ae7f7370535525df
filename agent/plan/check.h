/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_CHECK_H
#define LANDER_PLAN_CHECK_H

#include <stdint.h>

struct error;
struct plan;

/**
 * check_plan(plan, available, err): everything that must hold before the first
 * write.  available is the memory there is, bytes.  All reasons to refuse are
 * in one error (ERROR_REFUSED), one after the other.
 */
int check_plan(const struct plan *plan, uint64_t available, struct error **err);

#endif
