/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_REBUILD_H
#define LANDER_GUEST_REBUILD_H

#include <stdbool.h>

struct error;

struct rebuild {
	const char *root;
	const char *version;   /* of the kernel */
	const char *image;     /* "/boot/vmlinuz-…", the guest's own path */
	const char *initramfs; /* "/boot/initrd.img-…", or NULL */
};

/**
 * rebuild_initramfs(rebuild, ret_tool, err): the guest's own tool makes one
 * initramfs anew, in a chroot of a mount namespace that ends with it: /dev,
 * /proc, /sys and an empty /run are there only for it, so nothing is left to
 * be undone, whatever ends it.  policy-rc.d of the guest is only hidden, its
 * resolv.conf not touched; processes that the tool leaves behind end with it.
 * At most 600 s. Returns 0 with the tool's name (static); ERROR_CONVERT: ENOENT
 * without such a tool, else what it said last. Sources: update-initramfs(8),
 * dracut(8), mkinitcpio(8), mkinitrd(8), unshare(1).
 */
int rebuild_initramfs(const struct rebuild *rebuild, const char **ret_tool,
		      struct error **err);

#endif
