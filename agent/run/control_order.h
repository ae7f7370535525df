/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_ORDER_H
#define LANDER_RUN_CONTROL_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "run/control.h"

/** What orders mean now, and what they left behind.  Whoever owns it locks it.
 */
struct control_state {
	struct report *report;
	_Atomic bool *stop;
	struct throttle *throttle;
	enum control_phase phase;
	bool ordered; /* the cutover */
	bool aborted;
	bool again; /* a job that failed: start it now */
};

/** control_order(state, order, answer, room): obey one line.  The exit status
 *  for who gave it, and in answer the words, some lines for "plan". */
int control_order(struct control_state *state, const char *order, char *answer,
		  size_t room);

/** control_order_resume(state): nothing is paused any more. */
void control_order_resume(struct control_state *state);

#endif
