/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_MOUNT_H
#define LANDER_DISK_MOUNT_H

#include <stdbool.h>

struct error;

/**
 * mount_open(device, fs, read_only, ret_directory, err): mount under
 * /run/lander/mount; read_only never replays a journal (noload, norecovery).
 * mount_close(directory, err): unmount, remove, free the text.
 */
int mount_open(const char *device, const char *fs, bool read_only,
	       char **ret_directory, struct error **err);
int mount_close(char *directory, struct error **err);
/** mount_open_with(device, fs, more, …): with these options, too, as in
 *  "subvol=@var"; NULL: none. */
int mount_open_with(const char *device, const char *fs, const char *more,
		    bool read_only, char **ret_directory, struct error **err);

/** mount_there(device, fs, more, directory, err): for writing, at a directory
 * of the caller's, who unmounts it. */
int mount_there(const char *device, const char *fs, const char *more,
		const char *directory, struct error **err);

/** mount_sweep(): unmount everything there, the last one first, for a run that
 *  ended badly. */
void mount_sweep(void);

#endif
