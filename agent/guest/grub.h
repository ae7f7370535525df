/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_GRUB_H
#define LANDER_GUEST_GRUB_H

struct error;

/** The kernel that a system's GRUB would start. */
struct grub_entry {
	char *kernel;  /* path as seen from here */
	char *initrd;  /* NULL when there is none */
	char *cmdline; /* its parameters */
};

/** grub_read(root, ret, err): the first menu entry of boot/grub/grub.cfg or
 *  boot/grub2/grub.cfg under root.  Errors: ENOENT (ERROR_CONVERT) when there
 *  is no such file, or its kernel isn't in root or root/boot. */
int grub_read(const char *root, struct grub_entry *ret_entry,
	      struct error **err);
void grub_done(struct grub_entry *entry);

#endif
