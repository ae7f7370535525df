/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_BOOTCHECK_NAMES_H
#define LANDER_GUEST_BOOTCHECK_NAMES_H

#include <stddef.h>

#include "guest/bootcheck.h"

/**
 * bootcheck_names_root(convert, cmdline, ret_verdict, ret_text): what root= of
 * a kernel's parameters means among convert->volumes.  cmdline may be NULL.
 * ret_text: one line, to free().  Returns 0 or -ENOMEM.
 * Source: Documentation/admin-guide/kernel-parameters.txt; dracut.cmdline(7).
 */
int bootcheck_names_root(const struct convert *convert, const char *cmdline,
			 enum bootcheck_verdict *ret_verdict, char **ret_text);

/**
 * bootcheck_names_fstab(convert, fstab, at, ret_verdict, ret_text): the next
 * line of that text, from *at on, that is worth a word: "/", and what is
 * mounted at boot and is on none of the disks.  Returns 1, 0 at the end, or
 * -ENOMEM. Source: fstab(5), systemd.mount(5): without nofail, a disk that is
 * missing ends in emergency mode.
 */
int bootcheck_names_fstab(const struct convert *convert, const char *fstab,
			  size_t *at, enum bootcheck_verdict *ret_verdict,
			  char **ret_text);

#endif
