/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_ARRAY_H
#define LANDER_DISK_ARRAY_H

#include <stdbool.h>

struct error;

/**
 * MD arrays by mdadm(8), which is shown nothing but the members it is given.
 *
 * array_devices(member, ret, err): how many members its array has when it is
 * whole, by the superblock.
 */
int array_devices(const char *member, unsigned int *ret_count,
		  struct error **err);

/**
 * array_start(members, read_only, ret_device, err): start the array that these
 * are of, "/dev/md127", also when some are missing: then it returns 1.  No
 * resync, recovery or reshape begins in either mode; read_only writes nothing
 * to the members at all, not even their superblocks.
 * Errors: ERROR_CONVERT, what mdadm said: too few members, dirty and degraded.
 */
int array_start(char *const *members, bool read_only, char **ret_device,
		struct error **err);

/** What a new array is. */
struct array_make {
	const char *level;    /* "raid1" */
	const char *metadata; /* "1.2" */
	const char *uuid;     /* "": a new one */
	const char *name;     /* "web01:0"; "": none */
};

/** array_create(members, make, ret_device, err): of these devices, all of
 *  which it takes, NULL-terminated; what was on them is lost.  It runs, and is
 *  frozen: what its level wants to be done to fresh members is left to the
 *  machine that will run.  Source: mdadm(8), --create. */
int array_create(char *const *members, const struct array_make *make,
		 char **ret_device, struct error **err);

/** array_stop(device, deadline, err): waits while it is busy, until deadline
 *  (io_seconds()). */
int array_stop(const char *device, double deadline, struct error **err);

#endif
