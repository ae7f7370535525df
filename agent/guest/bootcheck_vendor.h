/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_VENDOR_H
#define LANDER_GUEST_BOOTCHECK_VENDOR_H

struct convert;

/**
 * bootcheck_vendor_read(convert, ret_text): whether a GRUB that its vendor
 * signed finds its way: it has no file system built in and reads grub.cfg in
 * the EFI System Partition, in its vendor's directory or beside itself, which
 * searches for a file system by UUID.  1 and what is wrong with it, one line,
 * to free(); 0 when nothing is; -ENOMEM. Source: Debian's and Red Hat's grub2
 * packages; GRUB manual, "search".
 */
int bootcheck_vendor_read(const struct convert *convert, char **ret_text);

#endif
