/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_PERSIST_H
#define LANDER_GUEST_PERSIST_H

struct convert;
struct error;

/**
 * persist_drivers(convert, err): the drivers of this machine's disk are named
 * where the guest's own tools read it, so that the initramfs they make with
 * the next kernel has them, too: /etc/initramfs-tools/modules (a marked
 * block), /etc/dracut.conf.d/90-lander.conf, /etc/mkinitcpio.conf.d/lander.conf
 * and INITRD_MODULES in /etc/sysconfig/kernel, each where that tool is set up.
 * A line in convert->steps for each; what can't be written is a failed line.
 * Returns 0, or -EIO when the disk fails.
 * Sources: initramfs-tools(7), dracut.conf(5), mkinitcpio.conf(5),
 * /etc/sysconfig/kernel of SUSE.
 */
int persist_drivers(struct convert *convert, struct error **err);

#endif
