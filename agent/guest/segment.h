/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_SEGMENT_H
#define LANDER_GUEST_SEGMENT_H

#include "guest/cpio.h"
#include "guest/driver.h"
#include "guest/initramfs.h"

struct error;

/** What is to be added to an initramfs. */
struct segment {
	const char *root;    /* of the copied system */
	const char *modules; /* "/usr/lib/modules/6.1.0-50-amd64" in it */
	const char *version; /* "6.1.0-50-amd64" */
	const struct initramfs *initramfs;
	const struct drivers *drivers; /* not yet in the initramfs */
};

/**
 * segment_build(segment, ret, err): the archive with the modules, unpacked as
 * .ko, a remade index over what was there and them, and a list of what to load
 * where nothing loads by modalias.  No path in it goes through a link of the
 * base: the kernel would replace that link by a directory.
 * Errors: ERROR_CONVERT; ENOTSUP when nothing in the base could load a module
 * or its modules lie in an unusual way.
 * Source: the kernel's init/initramfs.c, clean_path(); depmod(8); udev's
 * 80-drivers.rules; initramfs-tools(7); dracut.cmdline(7), rd.driver.pre.
 */
int segment_build(const struct segment *segment, struct cpio *ret_archive,
		  struct error **err);

/** segment_holds(initramfs, version, name): a module, by its name, is in the
 *  base. */
bool segment_holds(const struct initramfs *initramfs, const char *version,
		   const char *name);

#endif
