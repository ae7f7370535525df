/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FALLBACK_H
#define LANDER_GUEST_FALLBACK_H

struct convert;
struct error;

/**
 * fallback_convert(convert, err): a copied system on a machine that starts by
 * UEFI has a \EFI\BOOT\BOOTX64.EFI that works, because the boot entries of its
 * old machine stayed there.  Nothing is done on a machine that starts by BIOS.
 *
 * What is missing, is no program, or lacks what it loads is made from what is
 * in the partition (and, for unified kernels, from the system's own copy of
 * systemd-boot); a shim, GRUB or systemd-boot that is older than the same
 * vendor's own is brought up to it.  Whatever else is there stays: Microsoft's,
 * another vendor's, a unified kernel.
 *
 * shim: copied as BOOTX64.EFI, beside it what it loads from its own directory
 * under the names that are built into it (grubx64.efi and mmx64.efi; SUSE:
 * grub.efi, MokManager.efi).  fbx64.efi is not copied: with it a shim that was
 * started as BOOTX64.EFI starts no system but adds boot entries, and where
 * there is a TPM resets the machine then: for ever, when the firmware forgets
 * entries.  One that is there, with a list to read, is the vendor's own way
 * and is left; one without a list is put aside.
 *
 * grub.cfg beside it: Debian's signed GRUB reads /EFI/debian/grub.cfg of its
 * own partition wherever it is started from (a built-in prefix), so it would
 * need none; Fedora's and Red Hat's read the one beside the program first.  A
 * small one that only goes on to another file is copied; in place of a whole
 * menu, which would grow old, stands one that goes on to it.
 *
 * Unified kernels only: systemd-boot finds them all, newer ones too, so the
 * system's own systemd-boot becomes BOOTX64.EFI; without one, or when the
 * kernel is signed and it is not, the newest kernel does, and the step says
 * that it will not follow updates.
 *
 * Errors: ERROR_CONVERT, the disk failed.  Anything else is a failed step:
 * bootcheck_run() tells whether the machine would start all the same.
 * Source: UEFI 2.10, 3.5.1.1; shim.c (should_use_fallback), fallback.c;
 * grub-core/normal/main.c with Red Hat's fw_path; systemd-boot(7).
 */
int fallback_convert(struct convert *convert, struct error **err);

/** fallback_check(convert, ret_path, ret_image): what firmware would start by
 *  itself.  1 and its path, to free(), when there is one that has what it
 *  loads; 0 when not; a negative errno. */
struct efi_image;
int fallback_check(const struct convert *convert, char **ret_path,
		   struct efi_image *ret_image);

#endif
