/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stages of a loader that a BIOS starts, followed by sector numbers.  It
 * reads a few sectors of the disk and writes none.
 */
#include "guest/bootcheck_bios.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "disk/layout.h"
#include "guest/platform.h"
#include "guest/tree.h"

#define SECTOR	    ((size_t)512)
#define CORE_SECTOR 0x5c
#define CODE_BYTES  ((size_t)440)

/* GRUB 2 put its modules there, so boot.img is its own too, not Legacy's. */
static bool has_grub(const char *root)
{
	return tree_has(root, "/boot/grub/i386-pc/core.img") ||
	       tree_has(root, "/boot/grub2/i386-pc/core.img");
}

static bool has_core(int fd, const unsigned char *boot)
{
	unsigned char core[SECTOR];
	uint64_t at;

	memcpy(&at, boot + CORE_SECTOR, sizeof(at));
	at = le64toh(at);
	return at && at < UINT64_MAX / SECTOR &&
	       io_pread(fd, core, sizeof(core), at * SECTOR) == 0 &&
	       !io_is_zero(core, sizeof(core));
}

int bootcheck_bios_read(const char *root, const char *device,
			enum bootcheck_bios *ret_bios)
{
	unsigned char sector[SECTOR];
	struct layout layout = {0};
	unsigned int platform;
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = io_pread(fd, sector, sizeof(sector), 0);
	if (r == 0)
		r = layout_read(device, &layout, NULL);
	if (r < 0)
		goto out;
	platform = platform_of_disk(sector, &layout);
	if (memmem(sector, CODE_BYTES, "GRUB ", 5) &&
	    platform & PLATFORM_BIOS) {
		*ret_bios = has_grub(root) && !has_core(fd, sector)
				    ? BOOTCHECK_BIOS_LOST
				    : BOOTCHECK_BIOS_GRUB;
	} else if (platform & PLATFORM_BIOS ||
		   (platform & PLATFORM_UNSURE &&
		    !io_is_zero(sector, CODE_BYTES))) {
		*ret_bios = BOOTCHECK_BIOS_OTHER;
	} else {
		*ret_bios = BOOTCHECK_BIOS_NOTHING;
	}
out:
	layout_done(&layout);
	(void)close(fd);
	return r;
}
