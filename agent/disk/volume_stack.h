/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_VOLUME_STACK_H
#define LANDER_DISK_VOLUME_STACK_H

#include "disk/volume.h"

/** volume_stack_open(volumes, order, err): open every array, container and
 *  group in the list, and what is found in them, until nothing more opens. */
int volume_stack_open(struct volumes *volumes, const struct volume_order *order,
		      struct error **err);

#endif
