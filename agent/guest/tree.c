/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looking into the tree of a copied system.  It is foreign and may be hostile:
 * a link in it never leads out of it, and a file in it that is not a plain one
 * is not even opened, because opening a FIFO waits and opening a device acts.
 */
#include "guest/tree.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define LIST_MAX 65536
#define ATTEMPTS 16 /* openat2(2): EAGAIN while something is renamed */

/* A handle on whatever is there, which does not open it. */
static int find(const char *root, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve =
				       RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd = -1;

	if (top < 0)
		return -errno;
	for (int i = 0; i < ATTEMPTS; i++) {
		fd = syscall(SYS_openat2, top, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	if (fd < 0)
		fd = -errno;
	(void)close(top);
	return (int)fd;
}

int tree_open(const char *root, const char *path)
{
	char handle[40];
	struct stat st;
	int found = find(root, path);
	int fd = -EINVAL;

	if (found < 0)
		return found;
	if (fstat(found, &st) < 0) {
		fd = -errno;
	} else if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) {
		(void)snprintf(handle, sizeof(handle), "/proc/self/fd/%d",
			       found);
		fd = open(handle, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			fd = -errno;
	}
	(void)close(found);
	return fd;
}

int tree_load(const char *root, const char *path, size_t limit, char **ret_text,
	      size_t *ret_length)
{
	char *text = NULL;
	struct stat st;
	int fd = tree_open(root, path);
	int r = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		r = errno > 0 ? -errno : -EIO;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	else if ((uint64_t)st.st_size > limit)
		r = -EFBIG;
	else if (!(text = malloc((size_t)st.st_size + 1)))
		r = -ENOMEM;
	else
		r = io_pread(fd, text, (size_t)st.st_size, 0);
	(void)close(fd);
	if (r < 0 || !text) {
		free(text);
		return r < 0 ? r : -EIO;
	}
	text[st.st_size] = '\0';
	*ret_text = text;
	*ret_length = (size_t)st.st_size;
	return 0;
}

int tree_read(const char *root, const char *path, size_t limit, char **ret_text)
{
	size_t length;

	return tree_load(root, path, limit, ret_text, &length);
}

bool tree_has(const char *root, const char *path)
{
	int fd = tree_open(root, path);

	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

int tree_path(const char *root, const char *path, char **ret_path)
{
	char handle[40];
	char where[PATH_MAX];
	ssize_t n;
	int fd = tree_open(root, path);

	if (fd < 0)
		return fd;
	(void)snprintf(handle, sizeof(handle), "/proc/self/fd/%d", fd);
	n = readlink(handle, where, sizeof(where) - 1);
	(void)close(fd);
	if (n <= 0 || (size_t)n >= sizeof(where) - 1)
		return -ENAMETOOLONG;
	where[n] = '\0';
	*ret_path = strdup(where);
	return *ret_path ? 0 : -ENOMEM;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(DIR *directory, char ***ret_names)
{
	char **names = calloc(LIST_MAX + 1, sizeof(*names));
	struct dirent *entry;
	size_t count = 0;
	int r = names ? 0 : -ENOMEM;

	while (r == 0 && (entry = readdir(directory))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (count == LIST_MAX)
			r = -E2BIG;
		else if (!(names[count++] = strdup(entry->d_name)))
			r = -ENOMEM;
	}
	if (r < 0) {
		tree_free_list(names);
		return r;
	}
	qsort(names, count, sizeof(*names), by_name);
	*ret_names = names;
	return 0;
}

int tree_list(const char *root, const char *path, char ***ret_names)
{
	int fd = tree_open(root, path);
	DIR *directory;
	int r;

	if (fd < 0)
		return fd;
	directory = fdopendir(fd);
	if (!directory) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	r = read_names(directory, ret_names);
	(void)closedir(directory);
	return r;
}

void tree_free_list(char **names)
{
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
}
