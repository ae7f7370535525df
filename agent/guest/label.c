/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Labels for new files.  The live system has no SELinux, so that nobody else
 * gives them one.  It knows no policy: what a rule would label otherwise than
 * its directory must not be made with this.
 */
#include "guest/label.h"

#include <sys/xattr.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define LABEL_MAX 4096

static size_t lost;

void label_begin(void)
{
	lost = 0;
}

size_t label_lost(void)
{
	return lost;
}

/* Its length, 0 when there is none. */
static size_t label_of(int directory, char label[LABEL_MAX])
{
	ssize_t length = fgetxattr(directory, LABEL, label, LABEL_MAX);

	return length > 0 ? (size_t)length : 0;
}

void label_miss(const char *what)
{
	log_info("guest", "no SELinux label for %s: %s", what, strerror(errno));
	lost++;
}

static void note(int r, const char *name)
{
	if (r < 0)
		label_miss(name);
}

void label_take(int directory, int fd)
{
	char label[LABEL_MAX];
	size_t length = label_of(directory, label);

	if (length)
		note(fsetxattr(fd, LABEL, label, length, 0), "a new file");
}

void label_link(int directory, const char *name)
{
	char label[LABEL_MAX];
	char path[300];
	size_t length = label_of(directory, label);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", directory,
		       name);
	if (length)
		note(lsetxattr(path, LABEL, label, length, 0), name);
}
