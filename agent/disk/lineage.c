/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What drivers a device of this machine stands on, as the kernel names it.  It
 * asks sysfs and knows no driver by name.
 */
#include "disk/lineage.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"

static bool has(char **list, const char *text)
{
	for (; list && *list; list++)
		if (!strcmp(*list, text))
			return true;
	return false;
}

/* Takes text. */
static int append(char *text, char ***list, struct error **err)
{
	size_t count = 0;
	char **grown;

	while (*list && (*list)[count])
		count++;
	grown = reallocarray(*list, count + 2, sizeof(*grown));
	if (!grown) {
		free(text);
		return error_memory(err);
	}
	grown[count] = text;
	grown[count + 1] = NULL;
	*list = grown;
	return 0;
}

int lineage_add(const char *device, char ***list, struct error **err)
{
	char path[PATH_MAX];
	int r = 0;

	if (!realpath(device, path))
		return 0;
	/* "/sys/devices" itself is no device. */
	while (r == 0 && strncmp(path, "/sys/devices/", 13) == 0) {
		char file[PATH_MAX + 16];
		char *text;

		(void)snprintf(file, sizeof(file), "%s/modalias", path);
		text = io_read_line(file);
		if (text && *text && !has(*list, text))
			r = append(text, list, err);
		else
			free(text);
		*strrchr(path, '/') = '\0';
	}
	return r;
}

void lineage_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}
