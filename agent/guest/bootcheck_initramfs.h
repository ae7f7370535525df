/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_INITRAMFS_H
#define LANDER_GUEST_BOOTCHECK_INITRAMFS_H

#include <stdbool.h>

struct convert;
struct entry;
struct injection;

/**
 * bootcheck_initramfs_look(convert, entry, ret_text): the bootcheck_initramfs
 * of guest/bootcheck.h.  The initramfs of the entry has, or its kernel has
 * built in, the drivers of every disk controller of this machine, the root's
 * file system, and what its volume is put together with: LVM's, LUKS's or MD's
 * tools and drivers.
 */
int bootcheck_initramfs_look(const struct convert *convert,
			     const struct entry *entry, char **ret_text);

/** bootcheck_initramfs_reaches(work, ret_text): after injection_look(): the
 *  disk is reached.  1, 0 and the driver that is missing, to free(), or
 *  -ENOMEM. */
int bootcheck_initramfs_reaches(const struct injection *work, char **ret_name);

#endif
