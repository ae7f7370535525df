/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LVM_H
#define LANDER_DISK_LVM_H

#include <stdbool.h>

struct error;

/**
 * LVM, which sees nothing but the devices it is given: a NULL-terminated list
 * of block devices that hold physical volumes.  Source: lvm(8), --devices.
 */

/** lvm_groups(devices, ret, ret_incomplete, err): names of the complete volume
 *  groups on them, and of those with a disk that is missing, for
 *  lvm_free_list(). */
int lvm_groups(char *const *devices, char ***ret_groups, char ***ret_incomplete,
	       struct error **err);

/** lvm_activate(devices, group, read_only, err) and lvm_deactivate(...): all
 *  its logical volumes.  A single one that can't be is logged, not an error. */
int lvm_activate(char *const *devices, const char *group, bool read_only,
		 struct error **err);
int lvm_deactivate(char *const *devices, const char *group, struct error **err);

/** lvm_volumes(devices, group, ret, err): "/dev/mapper/…" of the active logical
 *  volumes that a file system could be in. */
int lvm_volumes(char *const *devices, const char *group, char ***ret_paths,
		struct error **err);

/** lvm_command(devices, words, err): what else LVM is told to do.  Errors: what
 * it said. */
int lvm_command(char *const *devices, const char *const *words,
		struct error **err);

void lvm_free_list(char **list);

#endif
