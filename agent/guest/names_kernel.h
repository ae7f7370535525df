/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_NAMES_KERNEL_H
#define LANDER_GUEST_NAMES_KERNEL_H

struct error;
struct names;

/**
 * Kernel command lines, and the settings that they are made from: root=,
 * resume=, cryptdevice= and the like in the files of GRUB (both), BLS entries,
 * /etc/kernel/cmdline, syslinux, dracut and initramfs-tools.
 * An entry with an initramfs gets UUID=; one without gets PARTUUID=, the only
 * tag that the kernel itself knows (Documentation/admin-guide/
 * kernel-parameters.txt, root=; block/early-lookup.c).
 */

/** names_kernel_note(names, err): what they call the disks, for the order. */
int names_kernel_note(struct names *names, struct error **err);

/** names_kernel(names, err): write them.  A root= that can't be found here is
 *  a failed step: it may be of another system in the menu. */
int names_kernel(struct names *names, struct error **err);

#endif
