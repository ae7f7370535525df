/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_NEWESP_H
#define LANDER_DISK_NEWESP_H

#include <stdint.h>

struct error;
struct gap;

/** What a new EFI System Partition is called. */
struct newesp {
	char uuid[10];	     /* of its FAT, "1A2B-3C4D" */
	unsigned int number; /* of the partition */
};

/**
 * newesp_make(device, sector, gap, ret, err): an empty FAT32 in that gap, and
 * then its entry in the partition table: type 0xEF of an MBR, the ESP's GUID of
 * a GPT.  All other entries, the disk's identifier and its boot code stay as
 * they are.  Errors: ERROR_CONVERT.
 * Source: UEFI 2.10, 5.2.2 and 5.3.3; mkfs.fat(8), sfdisk(8).
 */
int newesp_make(const char *device, uint32_t sector, const struct gap *gap,
		struct newesp *ret_esp, struct error **err);

#endif
