/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_BIOS_H
#define LANDER_GUEST_BOOTCHECK_BIOS_H

/** What a BIOS would meet on a disk. */
enum bootcheck_bios {
	BOOTCHECK_BIOS_GRUB,  /* boot.img and the core.img it goes on to */
	BOOTCHECK_BIOS_OTHER, /* another loader, or code nobody knows */
	BOOTCHECK_BIOS_LOST,  /* GRUB's boot.img, and no core.img there */
	BOOTCHECK_BIOS_NOTHING,
};

/**
 * bootcheck_bios_read(root, device, ret): the first sector of the whole disk
 * and, for GRUB 2, the sector that it names.  Whether core.img is there is
 * known only for a root that has its own copy of it.
 * Returns 0 or a negative errno.  Source: grub-core/boot/i386/pc/boot.S,
 * include/grub/i386/pc/boot.h (GRUB_BOOT_MACHINE_KERNEL_SECTOR 0x5c).
 */
int bootcheck_bios_read(const char *root, const char *device,
			enum bootcheck_bios *ret_bios);

#endif
