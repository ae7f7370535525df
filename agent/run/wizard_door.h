/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_DOOR_H
#define LANDER_RUN_WIZARD_DOOR_H

#include <stdatomic.h>
#include <stdbool.h>

struct control;
struct report;

/** wizard_door_wait(report, orders, stop): says on every console that Enter
 *  begins the wizard there, and again every minute.  The path of the one where
 *  it was pressed; NULL: it was ordered to look for a job again, there or by
 *  lander retry, or *stop became true. */
const char *wizard_door_wait(struct report *report, struct control *orders,
			     const _Atomic bool *stop);

#endif
