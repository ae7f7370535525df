/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_PLATFORM_H
#define LANDER_GUEST_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct layout;

/** The firmware that a disk is made to be started by; GRUB's word for it.
 *  Bits: a disk may be made for both. */
enum platform {
	PLATFORM_BIOS = 1U << 0,
	PLATFORM_UEFI = 1U << 1,
	/* There may be more than the other bits say: boot code that nobody
	 * knows, or a partition that may be a FAT with an \EFI in it. */
	PLATFORM_UNSURE = 1U << 2,
};

/**
 * platform_of_disk(sector0, layout): from the first 512 bytes and the
 * partition table alone, never from what a hypervisor says.  0: nothing could
 * start it, a data disk.
 *
 * BIOS: a boot signature, and a loader that is known by its own words (GRUB,
 * LILO), or code that starts the active partition (Microsoft, SYSLINUX) when
 * there is one.  UEFI: an EFI System Partition.  A GPT with both is both.
 * GRUB's boot.img holds the sector number of core.img, which lies in the gap
 * after the MBR or in the BIOS boot partition and names its file system by
 * UUID or by partition number: a whole disk that is copied keeps all of it,
 * whatever the disk is called now.
 * Source: UEFI 2.10, 5.2 and 5.3; GRUB manual, "BIOS installation";
 * grub-core/boot/i386/pc/boot.S; SYSLINUX mbr.S.
 */
unsigned int platform_of_disk(const void *sector0, const struct layout *layout);

/** platform_of_head(head, length, size, ret, err): the same from the first
 *  bytes (32 KiB show any GPT) of a disk of that size.  Errors: ERROR_TARGET,
 *  of memory; never about what the bytes hold. */
int platform_of_head(const void *head, size_t length, uint64_t size,
		     unsigned int *ret_platform, struct error **err);

/** platform_name(platform): "BIOS", "UEFI", "BIOS and UEFI", "nothing". */
const char *platform_name(unsigned int platform);

#endif
