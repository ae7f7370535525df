/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_FIRMWARE_H
#define LANDER_BOOT_FIRMWARE_H

#include <stdbool.h>

struct error;

/** firmware_is_uefi(): this machine was started by UEFI and its variables can
 *  be reached.  Source: Documentation/filesystems/efivarfs.rst. */
bool firmware_is_uefi(void);

/** firmware_started_uefi(): this machine was started by UEFI, whether or not
 *  its variables can be reached. */
bool firmware_started_uefi(void);

/** What a boot entry names. */
struct firmware_entry {
	const char *disk;     /* "/dev/vda" */
	unsigned int esp;     /* partition number */
	const char *partuuid; /* of that partition */
	const char *loader;   /* "\\EFI\\debian\\shimx64.efi" */
};

/**
 * firmware_keep_entry(entry, err): an entry "lander: DISK" is there, made once
 * and used again.  When it is made it goes to the end of the boot order: what
 * the owner had comes first, as before.  Entries that lander made for systems
 * that are gone are deleted.
 *
 * firmware_boot_next(entry, err): the same, and the next start, and only that
 * one, goes to the disk, by an entry "lander: DISK, once" that is in no boot
 * order: OVMF under QEMU deletes each entry of the order that is of no disk in
 * QEMU's own list, and with it what BootNext names.
 *
 * Errors: ERROR_TARGET with what efibootmgr(8) said; a firmware whose memory
 * for variables is full, or that forgets, among them.  The fallback path
 * starts the disk without any entry.
 */
int firmware_keep_entry(const struct firmware_entry *entry, struct error **err);
int firmware_boot_next(const struct firmware_entry *entry, struct error **err);

#endif
