/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_LIST_H
#define LANDER_GUEST_NAMES_LIST_H

struct error;
struct names;

/**
 * names_list(names, err): lists of the old machine's disks are put aside, for
 * the system makes them again: GRUB's device.map (grub-mkdevicemap, or none),
 * LVM's devices file (lvmdevices(8): without it every disk is used) and its
 * cache, blkid's caches, multipath's bindings and wwids unless the system
 * mounts a multipath device.  A filter of lvm.conf(5) that lets nothing but
 * the old names pass is commented out.  SUSE's grub_installdevice is told.
 */
int names_list(struct names *names, struct error **err);

#endif
