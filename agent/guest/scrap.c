/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Removing what lander itself put into a copied system for the time of its
 * conversion.  The guest's own programs have been at work there since: it goes
 * down by descriptors and follows no link.
 */
#include "guest/scrap.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/tree.h"

#define DEPTH_MAX 64
#define TEXT_MAX  4096

/* The directory of path; *ret_name points at its last part. */
static int open_upper(const char *root, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char *upper;
	int fd;

	if (!slash || !slash[1] || !strcmp(slash, "/..") ||
	    !strcmp(slash, "/."))
		return -EINVAL;
	upper = slash == path ? strdup("/")
			      : strndup(path, (size_t)(slash - path));
	if (!upper)
		return -ENOMEM;
	fd = tree_open(root, upper);
	free(upper);
	*ret_name = slash + 1;
	return fd;
}

static int empty(int directory, int depth);

/* 1, 0 when there is none, or a negative errno. */
static int remove_at(int directory, const char *name, int depth)
{
	int why;
	int r = 0;
	int fd;

	if (unlinkat(directory, name, 0) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	why = errno;
	if (why != EISDIR && why != EPERM)
		return -why;
	if (depth > DEPTH_MAX)
		return -ELOOP;
	fd = openat(directory, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -why;
	r = empty(fd, depth);
	if (r == 0 && unlinkat(directory, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r < 0 ? r : 1;
}

/* Closes directory. */
static int empty(int directory, int depth)
{
	struct dirent *entry;
	DIR *list = fdopendir(directory);
	int r = 0;

	if (!list) {
		(void)close(directory);
		return -ENOMEM;
	}
	while (r >= 0 && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			r = remove_at(directory, entry->d_name, depth + 1);
	(void)closedir(list);
	return r < 0 ? r : 0;
}

static int say(int r, const char *path, struct error **err)
{
	if (r >= 0)
		return r;
	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	return error_set(err, ERROR_CONVERT, -r,
			 "remove '%s' of the copied system", path);
}

int scrap_remove(const char *root, const char *path, struct error **err)
{
	const char *name = NULL;
	int directory = open_upper(root, path, &name);
	int r = directory;

	if (directory >= 0) {
		r = remove_at(directory, name, 0);
		(void)close(directory);
	}
	return say(r, path, err);
}

static bool holds(int directory, const char *name, const char *text)
{
	size_t length = strlen(text);
	char now[TEXT_MAX];
	struct stat st;
	bool same = false;
	int fd;

	/* Opening a device acts. */
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || (size_t)st.st_size != length ||
	    length >= sizeof(now))
		return false;
	fd = openat(directory, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	same = io_pread(fd, now, length, 0) == 0 && !memcmp(now, text, length);
	(void)close(fd);
	return same;
}

int scrap_remove_text(const char *root, const char *path, const char *text,
		      struct error **err)
{
	const char *name = NULL;
	int directory = open_upper(root, path, &name);
	int r = directory;

	if (directory >= 0) {
		r = holds(directory, name, text) ? remove_at(directory, name, 0)
						 : 0;
		(void)close(directory);
	}
	return say(r, path, err);
}
