/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NETWORK_NETWORK_WATCH_H
#define LANDER_NETWORK_NETWORK_WATCH_H

#include <stdbool.h>

/** Looks at the network every second while a job runs.  Zero-filled is new. */
struct network_watch {
	double began; /* io_seconds() of the first step */
	double told;  /* of the last words */
	bool ready;   /* as it was told */
	char text[4096];
};

/**
 * network_watch_step(watch, root): read the state, keep root/etc/resolv.conf
 * up to date.  Returns watch->text (network_describe.h) when there is
 * something to say: the network became ready or stopped being so, or it is
 * not after 10, 35 and 95 s.  Else NULL.  Call it about once a
 * second, from one thread.
 */
const char *network_watch_step(struct network_watch *watch, const char *root);

#endif
