/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_GUEST_ENTRY_H
#define LANDER_GUEST_ENTRY_H

#include <stdbool.h>

#include "guest/efi_image.h"

struct convert;
struct error;

/** The kernel that the copied system's own loader starts by default. */
struct entry {
	char *where;	 /* the menu it is in, for people */
	char *kernel;	 /* as it is named there */
	char *cmdline;	 /* its parameters; NULL for what only it knows */
	int kernel_fd;	 /* -1 for a unified kernel */
	int initrd_fd;	 /* -1 when there is none */
	bool is_default; /* certainly what starts without a person there */
};

/**
 * entry_read(convert, loader, ret, err): what this loader's configuration says.
 * loader: what firmware starts; EFI_GRUB for BIOS, too.
 *
 * shim and GRUB: guest/grub.h.  systemd-boot: the entries in /loader/entries
 * of the EFI System Partition and of /boot, the default of loader.conf first,
 * then unified kernels.  A unified kernel is its own entry.
 * Errors (ERROR_CONVERT): ENOENT when there is none or a file that it names is
 * missing; EINVAL for what only the loader could work out; EOPNOTSUPP for
 * another loader.
 */
int entry_read(const struct convert *convert, enum efi_kind loader,
	       struct entry *ret_entry, struct error **err);
void entry_done(struct entry *entry);

#endif
