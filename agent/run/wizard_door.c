/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine without a job waits, and whoever sits at one of its consoles may
 * set one up.  Nothing is drawn before a key was pressed: consoles are also
 * logs.  What is typed there is read by run/control, as ever.
 */
#include "run/wizard_door.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/io.h"
#include "run/console.h"
#include "run/control.h"
#include "run/report.h"

#define HEARTBEAT_S 60.0
#define LOOK_S	    0.5

static void say(struct report *report)
{
	report_say(report, "this machine waits for a job: press Enter on this "
			   "console to set one up here, or type 'retry' to "
			   "look for one again");
}

const char *wizard_door_wait(struct report *report, struct control *orders,
			     const _Atomic bool *stop)
{
	double said = io_seconds();
	const char *path = NULL;
	bool over = false;

	say(report);
	report_state(report, "waiting");
	while (!path && !over) {
		over = control_wait_again(orders, LOOK_S) || atomic_load(stop);
		if (!over)
			path = console_knocked(report_lines(report));
		if (io_seconds() - said < HEARTBEAT_S)
			continue;
		said = io_seconds();
		say(report);
	}
	control_phase(orders, CONTROL_IDLE);
	if (!path && !atomic_load(stop))
		report_say(report, "looking for a job again");
	return path;
}
