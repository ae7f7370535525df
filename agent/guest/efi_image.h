/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_EFI_IMAGE_H
#define LANDER_GUEST_EFI_IMAGE_H

#include <stdbool.h>

enum efi_kind {
	EFI_NONE, /* nothing that an x86-64 firmware starts */
	EFI_SHIM,
	EFI_GRUB,
	EFI_SYSTEMD_BOOT,
	EFI_UKI,   /* a kernel with its initrd and command line */
	EFI_OTHER, /* Microsoft's, a memory test, who knows */
};

/** What a program in an EFI System Partition is, by what is in it. */
struct efi_image {
	enum efi_kind kind;
	bool is_signed;
	/* Whose build it is and which one, by its SBAT ("debian", "16.1"), or
	 * systemd-boot's own version; "" when it does not say. */
	char vendor[32];
	char version[64];
	/* Of a shim: the programs it looks for in its own directory. */
	const char *loads;    /* "grubx64.efi"; SUSE: "grub.efi" */
	const char *manager;  /* "mmx64.efi"; "MokManager.efi" */
	const char *fallback; /* "fbx64.efi"; "fallback.efi" */
};

/**
 * efi_image_read(root, path, ret): a file of a copied system.  Returns 0 or a
 * negative errno, of opening and reading only: what is no program is EFI_NONE.
 * Source: PE format (Microsoft), UEFI 2.10 2.1.1; shim's SBAT.md and shim.c
 * (DEFAULT_LOADER, FALLBACK, MOK_MANAGER); GRUB's mkimage.c
 * ("mods"); systemd's boot.c (LoaderInfo) and uki.md (.linux).
 */
int efi_image_read(const char *root, const char *path,
		   struct efi_image *ret_image);

/** efi_image_section(root, path, name, ret): the text in a section (".cmdline"
 * of a UKI), to free().  0 or a negative errno; -ENOENT without such a section.
 */
int efi_image_section(const char *root, const char *path, const char *name,
		      char **ret_text);

/** efi_image_is_older(image, other): both of the same kind and the same
 *  vendor, and other is a later version. */
bool efi_image_is_older(const struct efi_image *image,
			const struct efi_image *other);

/** efi_image_name(kind): "shim", "GRUB", "systemd-boot" … */
const char *efi_image_name(enum efi_kind kind);

#endif
