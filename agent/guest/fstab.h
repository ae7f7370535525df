/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_FSTAB_H
#define LANDER_GUEST_FSTAB_H

#include <stdbool.h>

struct volume;

/**
 * fstab_find(text, place, ret_spec): the first field of the line whose second
 * is place ("/boot"), as in "UUID=…" or "/dev/mapper/vg-var"; to free().
 * False when there is none, or when it is not a file system of its own
 * (bind, noauto, a btrfs subvolume).  Source: fstab(5).
 */
bool fstab_find(const char *text, const char *place, char **ret_spec);

/** fstab_names(spec, volume): that field means this volume.  UUID=, LABEL=,
 *  /dev/disk/by-uuid and by-label, and LVM's /dev/mapper/VG-LV and /dev/VG/LV;
 *  never a name such as /dev/sda1, which is another disk on each machine. */
bool fstab_names(const char *spec, const struct volume *volume);

#endif
