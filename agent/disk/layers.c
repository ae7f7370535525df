/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies between a block device and its disks, as the running kernel has put
 * it together.  It reads sysfs only, and opens no device.
 */
#include "disk/layers.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

#define DEPTH_MAX 16 /* more than any machine piles up */

static char *read_line(const char *name, const char *file)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/%s", name,
		       file);
	return io_read_line(path);
}

static unsigned int read_own(const char *name, char **ret_level)
{
	char *uuid = read_line(name, "dm/uuid");
	char *level = read_line(name, "md/level");
	unsigned int layers = 0;

	if (uuid && !strncmp(uuid, "LVM-", 4))
		layers |= LAYERS_LVM;
	if (uuid && !strncmp(uuid, "CRYPT-", 6))
		layers |= LAYERS_LUKS;
	if (level && *level)
		layers |= LAYERS_MD;
	if (level && *level && !*ret_level) {
		*ret_level = level;
		level = NULL;
	}
	free(uuid);
	free(level);
	return layers;
}

static unsigned int read_all(const char *name, int depth, char **ret_level)
{
	unsigned int layers = read_own(name, ret_level);
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/slaves", name);
	dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			layers |= read_all(entry->d_name, depth + 1, ret_level);
	if (dir)
		(void)closedir(dir);
	return layers;
}

unsigned int layers_read(const char *device, char **ret_level)
{
	char path[PATH_MAX];

	*ret_level = NULL;
	if (!realpath(device, path))
		return 0;
	return read_all(strrchr(path, '/') + 1, 0, ret_level);
}
