/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_INJECTION_H
#define LANDER_GUEST_INJECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "guest/driver.h"
#include "guest/initramfs.h"

struct convert;
struct error;
struct kernel;

/** One kernel, its initramfs, and what this lacks for this machine.  Start with
 *  the first two members, the rest zero. */
struct injection {
	const struct convert *convert;
	const struct kernel *kernel;
	char *image; /* the initramfs as it is on the disk */
	size_t length;
	struct initramfs initramfs;
	bool parsed;   /* there is one, and it was read */
	char *version; /* that its modules are for */
	char *modules; /* the guest's directory; NULL when it has none */
	struct driver_index *index;
	struct drivers missing; /* not in the initramfs, nor in the kernel */
	const char *no_network; /* a card that nothing drives, or NULL */
};

/**
 * injection_look(work, err): reads the initramfs and the kernel's modules.
 * Errors: ERROR_CONVERT; ENODEV: the kernel has no driver for the disk; ENOENT:
 * it has no modules, and the initramfs has no driver; those of
 * initramfs_parse(), with the file's name.  injection_end() in any case.
 */
int injection_look(struct injection *work, struct error **err);
void injection_end(struct injection *work);

/** injection_holds(work, name): after injection_look(): the initramfs has this
 *  module, also when lander appended it. */
bool injection_holds(const struct injection *work, const char *name);
/** injection_names_us(work): a setting in the initramfs names a device that is
 *  only in the live system, /dev/loop0 or the stage device. */
bool injection_names_us(const struct injection *work);

/** injection_verify(work, err): reads the file again after an append: all that
 *  was missing is in it.  EBADMSG. */
int injection_verify(const struct injection *work, struct error **err);

#endif
