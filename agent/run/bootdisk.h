/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_BOOTDISK_H
#define LANDER_RUN_BOOTDISK_H

#include <stdbool.h>

struct report;

/** A finished disk that this machine is to start from. */
struct bootdisk {
	const char *path; /* "/dev/vda" */
	const char *job;
	bool arrived; /* an earlier start finished it, and yet we run */
};

/**
 * bootdisk_start(report, disk): by the firmware (BootNext under UEFI), else by
 * kexec, and never the same way twice while the disk's system has not run in
 * between.  Returns only when no way is left, which it has then said.
 */
void bootdisk_start(struct report *report, const struct bootdisk *disk);

/** bootdisk_reboot(report): leaves this machine; returns only when it can't,
 *  which it has then said. */
void bootdisk_reboot(struct report *report);

/** bootdisk_keep(report, path): under UEFI, a lasting boot entry for this disk,
 *  behind those that are there.  A firmware that does not take it is told, not
 *  fatal: the fallback path needs none. */
void bootdisk_keep(struct report *report, const char *path);

/** bootdisk_kexec(report, path): the kernel that the disk's GRUB would start.
 *  Returns only when it can't; the reason was said. */
void bootdisk_kexec(struct report *report, const char *path);

#endif
