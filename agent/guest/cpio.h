/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_CPIO_H
#define LANDER_GUEST_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One member of an archive; name and data lie in the archive. */
struct cpio_entry {
	const char *name; /* as written: "./usr/lib", "lib/modules" */
	uint32_t mode;	  /* file type and permissions, as in st_mode */
	uint32_t nlink;
	const uint8_t *data; /* of a symbolic link: what it names */
	size_t size;
};

/**
 * cpio_next(archive, length, offset, ret): the member at *offset, which then
 * stands behind it.  Returns 1, 0 for the TRAILER!!! that ends an archive, or
 * -EBADMSG when that is no member or it reaches past length.
 * Source: the kernel's Documentation/driver-api/early-userspace/
 * buffer-format.rst; "070701" and "070702" (its check sum is not looked at).
 */
int cpio_next(const uint8_t *archive, size_t length, size_t *offset,
	      struct cpio_entry *ret_entry);

/** An archive that grows; start with zeroes, free data.  The same calls give
 *  the same bytes: owner 0, time 0, inodes counted. */
struct cpio {
	uint8_t *data;
	size_t length;
	size_t room;
	uint32_t members;
};

/** cpio_add(cpio, name, mode, data, size): one member.  -ENOMEM, or -EINVAL
 *  for a name that is empty or longer than PATH_MAX. */
int cpio_add(struct cpio *cpio, const char *name, uint32_t mode,
	     const void *data, size_t size);

/** cpio_end(cpio): the trailer, and zeroes to a multiple of 512. */
int cpio_end(struct cpio *cpio);

#endif
