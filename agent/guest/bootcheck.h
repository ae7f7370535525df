/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_H
#define LANDER_GUEST_BOOTCHECK_H

struct convert;
struct entry;
struct error;

/** From good to bad. */
enum bootcheck_verdict {
	BOOTCHECK_BOOTS,
	BOOTCHECK_UNSURE, /* something only the machine itself can tell */
	BOOTCHECK_FAILS,  /* something that it needs is certainly not there */
};

/**
 * Whether the initramfs of an entry (guest/entry.h) has what convert's machine
 * needs.  0 it has; 1 it has not, and *ret_why tells what, to free(); a
 * negative errno when it can't be made out.
 */
typedef int bootcheck_initramfs(const struct convert *convert,
				const struct entry *entry, char **ret_why);

/**
 * bootcheck_run(convert, initramfs, ret, err): the way from the firmware to
 * the system, followed on the disk without starting anything: the loader for
 * this firmware, its configuration, the default entry's kernel and initramfs,
 * root=, /etc/fstab.  Every station is a step "boot check"; a later one is
 * looked at also when an earlier one fails.  It changes nothing.
 * initramfs: NULL when nobody looks into it.
 * Errors: of memory and of the disk only; what is wrong with the system is the
 * verdict.
 */
int bootcheck_run(struct convert *convert, bootcheck_initramfs *initramfs,
		  enum bootcheck_verdict *ret_verdict, struct error **err);

/** bootcheck_word(verdict): "would boot", "may boot", "would not boot". */
const char *bootcheck_word(enum bootcheck_verdict verdict);

#endif
