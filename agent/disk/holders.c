/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands on a block device, taken down from the top: for a run that ended
 * badly and left nobody who knows what it had made.  It asks the kernel only,
 * and removes nothing but mapped devices and MD arrays.
 */
#include "disk/holders.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/array.h"
#include "disk/mapper.h"

#define DEPTH	 12
#define PATIENCE 5.0 /* seconds for a busy one */

static void remove_one(const char *name)
{
	double deadline = io_seconds() + PATIENCE;
	struct error *why = NULL;
	char path[320];
	char *dm_name;
	int r = 0;

	(void)snprintf(path, sizeof(path), "/sys/block/%s/dm/name", name);
	dm_name = io_read_line(path);
	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	if (dm_name)
		r = mapper_remove(dm_name, deadline, &why);
	else if (!strncmp(name, "md", 2))
		r = array_stop(path, deadline, &why);
	if (r < 0)
		log_warn("disk", "%s", why ? why->msg : path);
	error_free(why);
	free(dm_name);
}

static bool is_partition(const char *disk, const char *name)
{
	char path[600];

	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/%s/partition",
		       disk, name);
	return access(path, F_OK) == 0;
}

static void remove_above(const char *name, int depth);

static void remove_holders(const char *name, int depth)
{
	struct dirent *entry;
	char path[320];
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/sys/class/block/%s/holders", name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		remove_above(entry->d_name, depth + 1);
		remove_one(entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
}

static void remove_above(const char *name, int depth)
{
	struct dirent *entry;
	char path[320];
	DIR *dir;

	if (depth > DEPTH)
		return;
	(void)snprintf(path, sizeof(path), "/sys/class/block/%s", name);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.' && is_partition(name, entry->d_name))
			remove_holders(entry->d_name, depth);
	if (dir)
		(void)closedir(dir);
	remove_holders(name, depth);
}

void holders_remove(const char *device)
{
	const char *name = strrchr(device, '/');

	remove_above(name ? name + 1 : device, 0);
}
