/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_GRUB_H
#define LANDER_GUEST_GRUB_H

#include <stdbool.h>

struct error;

/** The kernel that a system's GRUB would start; descriptors, because a path
 *  may mean another file to us than to the system. */
struct grub_entry {
	int kernel;
	int initrd;    /* -1 when there is none */
	char *path;    /* of the kernel, for people */
	char *cmdline; /* its parameters */
	/* It is the one that starts by itself; false when only GRUB knows. */
	bool is_default;
};

/**
 * grub_read(root, ret, err): the first menu entry that starts a Linux, of
 * boot/grub/grub.cfg or boot/grub2/grub.cfg under root, or of the system's own
 * in boot/efi, submenus included; with blscfg the default of
 * boot/loader/entries.
 * Several initrds become one.  A parameter that is nothing but a variable of
 * GRUB's is left out, as GRUB does when the variable is not set.
 * Errors (ERROR_CONVERT): ENOENT without such a file, entry or kernel; EINVAL
 * for what only GRUB could work out (variables, devices by name).
 */
int grub_read(const char *root, struct grub_entry *ret_entry,
	      struct error **err);
void grub_done(struct grub_entry *entry);

#endif
