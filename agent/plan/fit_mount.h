/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_FIT_MOUNT_H
#define LANDER_PLAN_FIT_MOUNT_H

#include <stddef.h>

struct fit_work;

/** fit_mount_collect(work, node, device): where this file system of the source
 *  is mounted; of a btrfs each subvolume that can be reached. */
void fit_mount_collect(struct fit_work *work, size_t node, size_t device);

/** fit_mount_add(work, node, place): a place that the source does not have as
 *  a file system of its own. */
void fit_mount_add(struct fit_work *work, size_t node, const char *place);

/** fit_mount_sort(work): parents before what is in them. */
void fit_mount_sort(struct fit_work *work);

#endif
