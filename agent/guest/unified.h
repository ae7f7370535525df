/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_UNIFIED_H
#define LANDER_GUEST_UNIFIED_H

#include <stddef.h>

/** unified_read(root, path, section, limit, ret, ret_length): the bytes of
 *  ".uname", ".initrd" … of a unified kernel image, with a zero byte behind
 *  them.  0, -ENOENT (no such section), -ENOEXEC (no EFI program), -EFBIG or
 *  another negative errno.
 *  Source: the PE format (COFF header and section table); systemd-stub(7). */
int unified_read(const char *root, const char *path, const char *section,
		 size_t limit, char **ret_bytes, size_t *ret_length);

#endif
