/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_LEFTOVERS_SERVICE_H
#define LANDER_GUEST_LEFTOVERS_SERVICE_H

#include <stdbool.h>

struct convert;
struct error;

enum {
	LEFTOVERS_SERVICE_NONE,	   /* the system has no such service */
	LEFTOVERS_SERVICE_ALREADY, /* it does not start */
	LEFTOVERS_SERVICE_STOPPED, /* it did, and does not any more */
};

/**
 * leftovers_service_stop(convert, name, err): "vmtoolsd", or a unit with its
 * ending, "x.mount".  Under systemd (that runs System V scripts, too,
 * systemd-sysv-generator(8)) by a mask; without it in its script or its job.
 * A script that no shell runs is a failed step.  Returns one of the above, or
 * a negative errno.
 */
int leftovers_service_stop(struct convert *convert, const char *name,
			   struct error **err);

/** leftovers_service_has(root, name): a unit, script or job of that name. */
bool leftovers_service_has(const char *root, const char *name);

#endif
