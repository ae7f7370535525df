/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_WATCH_H
#define LANDER_NETWORK_NETWORK_WATCH_H

#include <stdbool.h>

#define NETWORK_WATCH_TEXT 4096

/** Looks at the network every second while a job runs.  Zero-filled is new. */
struct network_watch {
	double began;			/* io_seconds() of the first step */
	double told;			/* when, in seconds since then */
	bool ready;			/* as it was told */
	char known[NETWORK_WATCH_TEXT]; /* all lines as they were told */
	char text[NETWORK_WATCH_TEXT];
};

/**
 * network_watch_step(watch, root): read the state, keep root/etc/resolv.conf
 * up to date.  Returns watch->text, lines as network_describe.h has them, when
 * there is something to say: all of them when the network becomes ready or
 * stops being so, and when it is not after 10, 35 and 95 s; later those that
 * have changed.  Else NULL.  Call it about once a second, from one thread.
 */
const char *network_watch_step(struct network_watch *watch, const char *root);

#endif
