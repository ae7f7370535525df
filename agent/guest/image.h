/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_IMAGE_H
#define LANDER_GUEST_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/** image_section(root, path, section, ret, ret_length): the bytes of
 *  ".uname", ".initrd" … of a unified kernel image, with a zero byte behind
 *  them.  0, -ENOENT (no such section), -ENOEXEC (no EFI program), -EFBIG
 *  (above 512 MiB) or another negative errno.
 *  Source: the PE format (COFF header and section table); systemd-stub(7). */
int image_section(const char *root, const char *path, const char *section,
		  char **ret_bytes, size_t *ret_length);

/** image_version(root, path, ret_unified): "6.1.0-50-amd64", as the image says
 *  it itself; NULL when it does not.  Source: the kernel's Documentation/arch/
 *  x86/boot.rst (kernel_version); the ".uname" of a unified one. */
char *image_version(const char *root, const char *path, bool *ret_unified);

/** image_is_version(text): letters, digits and "._+~-", not a word that a
 *  program would take for an option or a path. */
bool image_is_version(const char *text);

#endif
