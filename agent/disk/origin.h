/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_ORIGIN_H
#define LANDER_DISK_ORIGIN_H

struct error;

/** Where a directory of a mounted file system lies, without the mounts. */
struct origin {
	char *device; /* as it was mounted, "/dev/mapper/vg0-root" */
	char *path;   /* in its file system, from the top: "/@/boot/grub" */
};

/**
 * origin_find(path, ret, err): path is absolute and without links.  A btrfs
 * subvolume and a bind mount are seen through.  Errors: ERROR_CONVERT; ENOENT
 * when no device is mounted there.  Source: proc_pid_mountinfo(5).
 */
int origin_find(const char *path, struct origin *ret_origin,
		struct error **err);
void origin_done(struct origin *origin);

#endif
