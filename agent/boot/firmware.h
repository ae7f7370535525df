/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_FIRMWARE_H
#define LANDER_BOOT_FIRMWARE_H

#include <stdbool.h>

struct error;

/** firmware_is_uefi(): this machine was started by UEFI and its variables can
 *  be reached.  Source: Documentation/filesystems/efivarfs.rst. */
bool firmware_is_uefi(void);

/** firmware_started_uefi(): this machine was started by UEFI, whether or not
 * its variables can be reached. */
bool firmware_started_uefi(void);

/**
 * firmware_boot_next(disk, esp, partuuid, loader, err): the next start, and
 * only that one, goes to this disk: an entry "lander: DISK" that is in no boot
 * order, made once and used again, and BootNext.
 * disk: "/dev/vda"; esp: partition number; loader: "\\EFI\\BOOT\\BOOTX64.EFI".
 * Errors: ERROR_TARGET with what efibootmgr(8) said.
 */
int firmware_boot_next(const char *disk, unsigned int esp, const char *partuuid,
		       const char *loader, struct error **err);

#endif
