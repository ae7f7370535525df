/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_MISSING_H
#define LANDER_DISK_MISSING_H

struct blockdevs;
struct error;

/** missing_disk(list, what, text, err): blockdev_find() found none for text, or
 *  more than one: says so, behind what ("disks"), and which ones there are.
 *  Returns a negative number.  Errors: ERROR_CONFIG. */
int missing_disk(const struct blockdevs *list, const char *what,
		 const char *text, struct error **err);

#endif
