/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_EFIGRUB_H
#define LANDER_GUEST_EFIGRUB_H

struct error;

/** A system that was started by BIOS, and the partition that UEFI will start
 *  it from. */
struct efigrub {
	const char *root;    /* the copied system's root directory */
	const char *esp;     /* where the new, empty partition is mounted */
	const char *carried; /* a tree with Debian's signed programs in it, as
			      * their packages install them: "/" */
	const char *uuid;    /* of the file system with the system's menu */
	const char *path;    /* in it, the directory of its grub.cfg */
};

/** efigrub_menu(root): "/boot/grub" or "/boot/grub2", whichever has a grub.cfg;
 *  NULL when neither. */
const char *efigrub_menu(const char *root);

/**
 * efigrub_install(efigrub, ret_from, err): a GRUB for UEFI in the directory of
 * the partition where that GRUB looks for its grub.cfg, and a small grub.cfg
 * that goes on to the system's own menu.  fallback_convert() makes
 * \EFI\BOOT\BOOTX64.EFI of it later.
 *
 * Taken is the first that there is and that can read the menu: what the system
 * itself has below /boot/efi (its packages for UEFI are installed), what its
 * packages shim-signed and grub-efi-amd64-signed hold, and what is carried:
 * Debian's, which reads ext, XFS, btrfs, LVM, MD and LUKS by itself.  It has no
 * blscfg, by which the menus of Fedora and Red Hat are made: then the grub.cfg
 * ends with EFIBLS_MARK, and efibls_convert() makes a menu.
 *
 * The menu was made for BIOS: linux16 and initrd16, which only GRUB for BIOS
 * has, mean linux and initrd there.
 *
 * ret_from: for people, where the programs are from; to free().
 * Errors: ERROR_CONVERT; ENOENT when there is no such GRUB.
 * Source: grub-core/normal/main.c and script/execute.c (a function is called
 * when no command has that name); debian/build-efi-images of grub2.
 */
int efigrub_install(const struct efigrub *efigrub, char **ret_from,
		    struct error **err);

/** efigrub_mount_line(root, uuid, ret_place, err): /etc/fstab mounts the
 *  partition at /boot/efi, or at /efi when that is taken; the directory is
 *  there.  ret_place: which. */
int efigrub_mount_line(const char *root, const char *uuid,
		       const char **ret_place, struct error **err);

#endif
