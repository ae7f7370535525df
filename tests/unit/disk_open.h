/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_DISK_OPEN_H
#define LANDER_TESTS_DISK_OPEN_H

#include "disk/volume.h"
#include "disk_scratch.h"

/* The volumes of one disk, for writing. */
static inline int open_one(const char *device, struct volumes *ret_volumes,
			   struct error **err)
{
	const char *const disk[] = {device, NULL};
	const struct volume_order order = {.disk = disk};

	return volume_open(&order, ret_volumes, err);
}

#endif
