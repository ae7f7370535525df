/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_BOOT_LOCKDOWN_H
#define LANDER_BOOT_LOCKDOWN_H

#include <stdbool.h>
#include <stddef.h>

/** lockdown_secure_boot(): the firmware started this machine with Secure Boot
 *  on.  Source: UEFI 2.10, 3.3, Globally Defined Variables;
 *  Documentation/filesystems/efivarfs.rst. */
bool lockdown_secure_boot(void);

/** lockdown_on(): the kernel takes nothing that is not signed; then kexec
 *  starts signed kernels only.  Source: kernel_lockdown(7). */
bool lockdown_on(void);

/** lockdown_describe(buf, room): "UEFI with Secure Boot, lockdown integrity";
 *  "BIOS". */
void lockdown_describe(char *buf, size_t room);

#endif
