/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_INSPECTION_DISK_H
#define LANDER_RUN_INSPECTION_DISK_H

#include <jansson.h>
#include <stddef.h>

#include "disk/blockdev.h"
#include "guest/root.h"

struct error;
struct luks_key;

/** A disk that is looked at. */
struct inspection_disk {
	struct blockdev probed;
	char *loop;	       /* over an image; NULL for a disk */
	unsigned int platform; /* guest/platform.h */
};

struct inspection_disks {
	struct inspection_disk *disk;
	size_t count;
	struct root root; /* the first that is found */
};

/**
 * inspection_disk_open(path, key, ret, json, err): disks and images of disks,
 * and the Linux root on them, mounted to look at.  path: NULL at the end.  json
 * gets "disks".  key opens LUKS containers, or is NULL. inspection_disk_close()
 * also after an error.
 * Errors: ERROR_CONVERT: no Linux system, and what there is instead;
 * ERROR_TARGET: a disk that is in use or can't be read.
 */
int inspection_disk_open(char *const *path, const struct luks_key *key,
			 struct inspection_disks *ret_disks, json_t *json,
			 struct error **err);
int inspection_disk_close(struct inspection_disks *disks, struct error **err);

#endif
