/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_GRUB_BLS_H
#define LANDER_GUEST_GRUB_BLS_H

#include <stdbool.h>

/** grub_bls_first(text, before): this grub.cfg reads /boot/loader/entries
 *  (blscfg), and does so before that place in it; NULL for anywhere. */
bool grub_bls_first(const char *text, const char *before);

/**
 * grub_bls_read(root, text, ret_linux, ret_initrd): the entry that blscfg would
 * start, as lines of a grub.cfg, to free(): "linux /vmlinuz-6 root=…" and
 * "initrd …", NULL for none.  $kernelopts and the like have the values of
 * grubenv, else of a "set" in text; others stay.
 * Returns 0 or a negative errno; -ENOENT without an entry.
 * Source: grub2's blscfg.c (Fedora, Red Hat); GRUB manual, "Environment block".
 */
int grub_bls_read(const char *root, const char *text, char **ret_linux,
		  char **ret_initrd);

#endif
