/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_REBUILD_H
#define LANDER_GUEST_REBUILD_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;

struct rebuild {
	const char *root;
	const char *version; /* of the kernel */
	const char *image;   /* "/boot/vmlinuz-…", the guest's own path */
	const char
		*initramfs; /* "/boot/initrd.img-…"; NULL for a unified one */
	bool unified;	    /* image is a unified kernel, to be made anew */
	bool uefi;	    /* how the guest is started */
	const _Atomic bool *stop; /* ends its tools; NULL */
};

/**
 * rebuild_initramfs(rebuild, ret_tool, err): the guest's own tool makes one
 * initramfs, or one unified kernel, anew, by chroot_run(); at most 1800 s.  A
 * unified kernel is made beside the old one, with the command line of
 * /etc/kernel/cmdline or of the old one, and replaces it when it is complete.
 * Returns 0 with the tool's name (static); ERROR_CONVERT: ENOENT without such a
 * tool, naming those it looked for, else what it said last.  Sources:
 * update-initramfs(8), dracut(8), mkinitcpio(8), mkinitrd(8), make-initrd(1),
 * mkinitfs(1), kernel-install(8), ukify(1).
 */
int rebuild_initramfs(const struct rebuild *rebuild, const char **ret_tool,
		      struct error **err);

#endif
