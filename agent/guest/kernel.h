/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_KERNEL_H
#define LANDER_GUEST_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

struct error;

/** One thing that a boot loader can start: a kernel and its initramfs.  All
 *  paths are the guest's own. */
struct kernel {
	char *version;	 /* "6.1.0-50-amd64", by the image itself if it says */
	char *image;	 /* "/boot/vmlinuz-6.1.0-50-amd64" */
	char *initramfs; /* NULL: none, or inside the image */
	char *modules;	 /* "/lib/modules/6.1.0-50-amd64"; NULL: not there */
	bool unified;	 /* a unified kernel image (UKI) */
};

struct kernels {
	struct kernel *kernel; /* the newest version first */
	size_t count;
};

/**
 * kernel_list(root, ret, err): what can be booted, by the files that are there:
 * vmlinuz-*, vmlinux-* and kernel-* in /boot with the initramfs of that name,
 * boot loader entries, unified images in EFI/Linux, and a vmlinuz in a modules'
 * directory whose version nothing of these has.  Crash dump kernels are not in
 * it, nor modules without a kernel.  None found is no error.
 * Errors: ERROR_INTERNAL, no memory.
 * Sources: the UAPI group's boot loader specification (type 1 and 2), the
 * kernel's Documentation/arch/x86/boot.rst (kernel_version), dracut(8),
 * update-initramfs(8), mkinitcpio(8).
 */
int kernel_list(const char *root, struct kernels *ret_kernels,
		struct error **err);
/** kernel_modules(root, version): "/lib/modules/VERSION" where that is, or in
 *  /usr; NULL when there is none. */
char *kernel_modules(const char *root, const char *version);
void kernel_free(struct kernels *kernels);

#endif
