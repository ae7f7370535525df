/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_H
#define LANDER_GUEST_BOOTCHECK_H

struct convert;
struct entry;
struct error;

/** The name of its steps. */
#define BOOTCHECK_STEP "boot check"

/** From good to bad. */
enum bootcheck_verdict {
	BOOTCHECK_BOOTS,
	BOOTCHECK_UNSURE, /* something only the machine itself can tell */
	BOOTCHECK_FAILS,  /* something that it needs is certainly not there */
};

/** What a bootcheck_initramfs returns for a kernel that never reaches its disk.
 */
#define BOOTCHECK_NO_DISK 2

/**
 * Whether the initramfs of an entry (guest/entry.h) has what convert's machine
 * needs.  0 it has; 1 it has not; BOOTCHECK_NO_DISK when what it lacks is, for
 * certain, the driver of this machine's disk; a negative errno when it can't be
 * made out.  *ret_text tells what was found, to free(); NULL: nothing to add.
 */

typedef int bootcheck_initramfs(const struct convert *convert,
				const struct entry *entry, char **ret_text);

/**
 * bootcheck_run(convert, initramfs, ret, err): the way from the firmware to
 * the system, followed on the disk without starting anything: the loader for
 * this firmware, its configuration, the default entry's kernel and initramfs,
 * root=, /etc/fstab.  Every station is a step "boot check"; a later one is
 * looked at also when an earlier one fails.  It changes nothing.
 * initramfs: NULL when nobody looks into it.
 * Errors (ERROR_CONVERT): of memory and of the disk; ENODEV: the kernel that
 * the menu starts has no driver for this disk, certainly; *ret_verdict is set
 * then, too.  Whatever else is wrong with the system is the verdict.
 */
int bootcheck_run(struct convert *convert, bootcheck_initramfs *initramfs,
		  enum bootcheck_verdict *ret_verdict, struct error **err);

/** bootcheck_word(verdict): "would boot", "may boot", "would not boot". */
const char *bootcheck_word(enum bootcheck_verdict verdict);

#endif
