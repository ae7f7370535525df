/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SHELL_H
#define LANDER_RUN_SHELL_H

#include <stdatomic.h>
#include <stdbool.h>

struct config;
struct report;

/** What a shell on a console is for. */
struct shell_order {
	const char *then; /* "tries the job again": what leaving it does */
	const _Atomic bool *stop; /* ends it, NULL: nothing does */
	double seconds;		  /* that it may last; 0: no limit */
};

/** How it came to its end. */
enum shell_end {
	SHELL_NONE, /* there was none to be had; it was told why */
	SHELL_LEFT,
	SHELL_CUT, /* stopped, or the time was over */
};

/** shell_open(config, report, order): on the console that a person sees, for
 *  who has lander.password; returns when it is left or ended. */
enum shell_end shell_open(const struct config *config, struct report *report,
			  const struct shell_order *order);

/** shell_keep(config, report, console, open): one on this terminal for ever,
 *  from a thread of its own, asking for the password again whenever it is
 *  left; open: nobody is asked.  Where there is no such terminal: nothing. */
void shell_keep(const struct config *config, struct report *report,
		const char *console, bool open);

#endif
