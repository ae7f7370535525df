/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_LOADER_H
#define LANDER_BOOT_LOADER_H

/**
 * loader_find(esp): the loader that a firmware of this machine can start, in a
 * mounted EFI System Partition: the fallback path, Microsoft's, any shim, any
 * GRUB, systemd-boot; in that order, which is the boot menu's own (guard.cfg).
 * Returns it as firmware writes it, "\\EFI\\BOOT\\BOOTX64.EFI", to free();
 * NULL when there is none.  Source: UEFI 2.10, 3.5.1.1 and 13.3.
 */
char *loader_find(const char *esp);

#endif
