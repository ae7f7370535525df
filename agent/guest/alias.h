/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ALIAS_H
#define LANDER_GUEST_ALIAS_H

struct error;
struct volumes;

/**
 * alias_read(root, volumes, err): what a copied system calls the volumes whose
 * names it gives itself goes into their alias lists: arrays as "/dev/md0",
 * "/dev/md/NAME" and their links by-id, from their superblocks and the ARRAY
 * lines of mdadm.conf; opened LUKS containers as /etc/crypttab maps them, and
 * "/dev/mapper/luks-UUID".
 * Source: mdadm.conf(5); udev's 63-md-raid-arrays.rules; crypttab(5).
 */
int alias_read(const char *root, struct volumes *volumes, struct error **err);

/** alias_apply(volumes, err): opened containers are called here, too, what the
 *  copied system calls them: tools that run inside it, to make its initramfs,
 *  look for that name. */
int alias_apply(struct volumes *volumes, struct error **err);

#endif
