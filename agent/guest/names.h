/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_H
#define LANDER_GUEST_NAMES_H

struct convert;
struct error;

/**
 * names_convert(convert, err): names of disks that the old machine chose
 * become names that are written on the disks: /etc/fstab, /etc/crypttab,
 * kernel command lines in every boot menu and the settings they are made from.
 * Lists of the old machine's disks (GRUB's device map, LVM's devices file,
 * blkid's and multipath's caches) are put aside.  Mounts that can't be found
 * get nofail.  It takes convert->volumes, and root_volume and disks where the
 * caller knows them.
 * Errors (ERROR_CONVERT): ENODEV when / or /usr can't be found; what the disk
 * says (EIO, ENOSPC).
 */
int names_convert(struct convert *convert, struct error **err);

#endif
