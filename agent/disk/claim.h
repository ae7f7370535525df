/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_CLAIM_H
#define LANDER_DISK_CLAIM_H

struct error;

/** File system labels that mark a disk as ours: what lander was started from,
 *  and the volume that may hold its job. */
#define CLAIM_LIVE_LABEL   "LANDER_LIVE"
#define CLAIM_CONFIG_LABEL "LANDER"

/**
 * claim_find(name, ret_busy, err): why the disk of this kernel name ("sda")
 * must not be written to: the live medium, the configuration volume, mounted,
 * swap, or held by another device, itself or a partition of it.  NULL when it
 * is free.  Sources: proc_pid_mountinfo(5), /proc/swaps, sysfs-block holders.
 */
int claim_find(const char *name, char **ret_busy, struct error **err);

/** claim_user(path, ret_busy, err): who uses this block device ("/dev/loop3")
 * or a partition of it right now: a mount, swap, a holder, a process that has
 * it open.  NULL when nobody does. */
int claim_user(const char *path, char **ret_busy, struct error **err);

/** claim_file(path, ret_busy, err): the loop device over a regular file, as
 *  "held by loop3"; *ret_busy stays NULL when there is none. */
int claim_file(const char *path, char **ret_busy, struct error **err);

#endif
