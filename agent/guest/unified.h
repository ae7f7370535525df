/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_UNIFIED_H
#define LANDER_GUEST_UNIFIED_H

/** unified_find(root, place): the newest unified kernel, by its name, in
 *  EFI/Linux of the EFI System Partition at place; to free(), NULL for none.
 *  Source: Boot Loader Specification, "Type #2". */
char *unified_find(const char *root, const char *place);

/** unified_menu(root, place, kernel): systemd-boot in that partition, else,
 *  when there is a kernel for it to find, the copy that the system would
 *  install; no unsigned one where the kernel is signed.  To free(), NULL for
 *  none.  Source: bootctl(1), kernel-install(8). */
char *unified_menu(const char *root, const char *place, const char *kernel);

#endif
