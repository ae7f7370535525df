/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_EFIBLS_H
#define LANDER_GUEST_EFIBLS_H

struct convert;
struct error;

/** The line of a grub.cfg in a new EFI System Partition that a menu follows,
 *  guest/efigrub.h. */
#define EFIBLS_MARK "# What follows is made of /boot/loader/entries.\n"

/**
 * efibls_convert(convert, err): where guest/efigrub left the mark, because the
 * GRUB there has no blscfg, the menu in it is made: one entry for each file in
 * /boot/loader/entries when the machine starts, so that it follows updates of
 * the kernel.  The default is grubenv's saved_entry, else the last by name.
 *
 * GRUB's script can't read those files, so kernel and initramfs are named as
 * the default entry names its own, with the other version in place, and all get
 * that entry's parameters: a step says so.  After the names of disks in them
 * are converted, before the fallback loader is copied.
 *
 * Errors: ERROR_CONVERT: without such an entry, or with one that can't be put
 * into a script, the machine would not start.
 * Source: The Boot Loader Specification, "Type #1"; GRUB manual, "menuentry",
 * "regexp", "load_env".
 */
int efibls_convert(struct convert *convert, struct error **err);

#endif
