/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_LOADER_H
#define LANDER_BOOT_LOADER_H

/**
 * loader_find(esp, vendors): the loader that a boot entry should name, in a
 * mounted EFI System Partition.  vendors: what the directory of the system
 * that is to start may be called ("debian"), NULL at its end, or NULL: of the
 * first of them that has one, its shim, else its GRUB.  Without: the fallback
 * path, Microsoft's, any shim, any GRUB, systemd-boot; in that order, which is
 * the boot menu's own (guard.cfg).
 * The vendor's shim comes first because the one on the fallback path may be
 * another system's, or one that adds entries and resets (fbx64.efi).
 * Returns it as firmware writes it, "\\EFI\\BOOT\\BOOTX64.EFI", to free();
 * NULL when there is none.  Source: UEFI 2.10, 3.5.1.1 and 13.3.
 */
char *loader_find(const char *esp, char *const *vendors);

#endif
