/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writing into the tree of a copied system.  It never writes into a file that
 * the guest has: a power cut leaves the old one or the new one.  It refuses
 * whatever is not a plain file, and never leaves the tree.
 */
#include "guest/edit.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/label.h"
#include "guest/tree.h"

#define NEW	 ".lander.new"
#define LINKS	 16
#define ATTR_MAX 65536

/* A place in the tree: an open directory and a name in it. */
struct place {
	int directory;
	char name[NAME_MAX + 1];
};

static int make_directories(const char *root, const char *path, int *ret_fd)
{
	char *upper = strdup(path);
	char *slash = upper ? strrchr(upper, '/') : NULL;
	int above = -1;
	bool made;
	int fd = -ENOMEM;

	if (!slash)
		goto out;
	fd = tree_open(root, path);
	if (fd != -ENOENT || slash[1] == '\0')
		goto out;
	*slash = '\0';
	fd = make_directories(root, *upper ? upper : "/", &above);
	if (fd < 0)
		goto out;
	made = mkdirat(above, slash + 1, 0755) == 0;
	if (!made && errno != EEXIST)
		fd = -errno;
	else
		fd = tree_open(root, path);
	if (made && fd >= 0)
		label_take(above, fd);
	(void)close(above);
out:
	free(upper);
	if (fd >= 0)
		*ret_fd = fd;
	return fd < 0 ? fd : 0;
}

/* The directory of path, and the last part. */
static int find_place(const char *root, const char *path, bool make,
		      struct place *ret)
{
	char *upper = strdup(path);
	char *slash = upper ? strrchr(upper, '/') : NULL;
	struct stat st;
	int r = 0;

	if (!slash || strlen(slash + 1) > NAME_MAX || !slash[1]) {
		free(upper);
		return slash ? -EINVAL : -ENOMEM;
	}
	(void)snprintf(ret->name, sizeof(ret->name), "%s", slash + 1);
	*slash = '\0';
	if (make) {
		r = make_directories(root, *upper ? upper : "/",
				     &ret->directory);
	} else {
		ret->directory = tree_open(root, *upper ? upper : "/");
		r = ret->directory < 0 ? ret->directory : 0;
	}
	if (r == 0 &&
	    (fstat(ret->directory, &st) < 0 || !S_ISDIR(st.st_mode))) {
		(void)close(ret->directory);
		r = -ENOTDIR;
	}
	free(upper);
	return r;
}

/* As find_place(), but past the links that the last part may be. */
static int follow_place(const char *root, const char *path, struct place *ret)
{
	char *at = strdup(path);
	int r = -ELOOP;

	for (int i = 0; at && i < LINKS; i++) {
		char target[PATH_MAX];
		char *next = NULL;
		ssize_t length;

		r = find_place(root, at, true, ret);
		if (r < 0)
			break;
		length = readlinkat(ret->directory, ret->name, target,
				    sizeof(target) - 1);
		if (length < 0)
			break;
		target[length] = '\0';
		(void)close(ret->directory);
		r = -ELOOP;
		if (*target == '/')
			next = strdup(target);
		else if (asprintf(&next, "%.*s%s",
				  (int)(strrchr(at, '/') - at + 1), at,
				  target) < 0)
			next = NULL;
		free(at);
		at = next;
	}
	if (!at)
		r = -ENOMEM;
	free(at);
	return r;
}

/* names and value: room for ATTR_MAX bytes each. */
static void copy_each(int from, int to, char *names, char *value)
{
	ssize_t length = flistxattr(from, names, ATTR_MAX);

	for (char *name = names; length > 0 && name < names + length;
	     name += strlen(name) + 1) {
		ssize_t size = fgetxattr(from, name, value, ATTR_MAX);
		int set = 0;

		if (size >= 0)
			set = fsetxattr(to, name, value, (size_t)size, 0);
		if (set < 0 && !strcmp(name, LABEL))
			label_miss("a changed file");
	}
}

static int copy_attributes(int from, int to)
{
	char *names = malloc(ATTR_MAX);
	char *value = malloc(ATTR_MAX);
	int r = names && value ? 0 : -ENOMEM;

	if (names && value)
		copy_each(from, to, names, value);
	free(names);
	free(value);
	return r;
}

/* What the old file was, on the new one. */
static int take_over(int old, int fresh)
{
	struct stat st;

	if (fstat(old, &st) < 0)
		return -errno;
	if (fchown(fresh, st.st_uid, st.st_gid) < 0 ||
	    fchmod(fresh, st.st_mode & 07777) < 0)
		return -errno;
	return copy_attributes(old, fresh);
}

static bool holds(int fd, const void *data, size_t length)
{
	struct stat st;
	char *buf;
	bool same;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size != length)
		return false;
	buf = malloc(length + 1);
	same = buf && io_pread(fd, buf, length, 0) == 0 &&
	       memcmp(buf, data, length) == 0;
	free(buf);
	return same;
}

/* The original under its other name, unless one is kept already. */
static int keep_original(const struct place *place)
{
	char kept[NAME_MAX + sizeof(EDIT_KEPT)];

	(void)snprintf(kept, sizeof(kept), "%s" EDIT_KEPT, place->name);
	if (linkat(place->directory, place->name, place->directory, kept, 0) <
	    0) {
		if (errno != EEXIST && errno != EPERM && errno != EOPNOTSUPP)
			return -errno;
	}
	return 0;
}

static int write_beside(const struct place *place,
			const struct edit_content *content, int old)
{
	int fd;
	int r;

	(void)unlinkat(place->directory, NEW, 0);
	fd = openat(place->directory, NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = io_pwrite(fd, content->data, content->length, 0);
	if (r == 0 && old < 0)
		label_take(place->directory, fd);
	if (r == 0)
		r = old >= 0			? take_over(old, fd)
		    : fchmod(fd, content->mode) ? -errno
						: 0;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int replace(const struct place *place,
		   const struct edit_content *content)
{
	int old = openat(place->directory, place->name,
			 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r = 0;

	if (old < 0 && errno != ENOENT)
		return -errno;
	if (old >= 0 && (fstat(old, &st) < 0 || !S_ISREG(st.st_mode)))
		r = -EINVAL;
	else if (old >= 0 && holds(old, content->data, content->length))
		r = 1;
	if (r == 0)
		r = write_beside(place, content, old);
	if (r == 0 && old >= 0 && content->keep)
		r = keep_original(place);
	if (r == 0 &&
	    renameat(place->directory, NEW, place->directory, place->name) < 0)
		r = -errno;
	if (r == 0 && fsync(place->directory) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(place->directory, NEW, 0);
	if (old >= 0)
		(void)close(old);
	return r < 0 ? r : !r;
}

static int say(int r, const char *path, struct error **err)
{
	if (r >= 0)
		return r;
	return error_set(err, ERROR_CONVERT, -r,
			 "write '%s' of the copied system", path);
}

int edit_file(const char *root, const char *path,
	      const struct edit_content *content, struct error **err)
{
	struct place place;
	int r = follow_place(root, path, &place);

	if (r == 0) {
		r = replace(&place, content);
		(void)close(place.directory);
	}
	return say(r, path, err);
}

int edit_text(const char *root, const char *path, const char *text,
	      struct error **err)
{
	return edit_file(root, path,
			 &(struct edit_content){text, strlen(text), 0644, true},
			 err);
}

static int put_aside(const struct place *place)
{
	char kept[NAME_MAX + sizeof(EDIT_KEPT)];

	(void)snprintf(kept, sizeof(kept), "%s" EDIT_KEPT, place->name);
	if (faccessat(place->directory, kept, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		if (unlinkat(place->directory, place->name, 0) == 0)
			return 1;
		return errno == ENOENT ? 0 : -errno;
	}
	if (renameat(place->directory, place->name, place->directory, kept) < 0)
		return errno == ENOENT ? 0 : -errno;
	return 1;
}

int edit_remove(const char *root, const char *path, struct error **err)
{
	struct place place;
	int r = find_place(root, path, false, &place);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0) {
		r = put_aside(&place);
		if (r == 1 && fsync(place.directory) < 0)
			r = -errno;
		(void)close(place.directory);
	}
	return say(r, path, err);
}

static int make_link(const struct place *place, const char *target)
{
	char now[PATH_MAX];
	ssize_t length =
		readlinkat(place->directory, place->name, now, sizeof(now) - 1);
	int r;

	if (length >= 0) {
		now[length] = '\0';
		if (!strcmp(now, target))
			return 0;
	}
	r = put_aside(place);
	if (r < 0)
		return r;
	if (symlinkat(target, place->directory, place->name) < 0)
		return -errno;
	label_link(place->directory, place->name);
	return fsync(place->directory) < 0 ? -errno : 1;
}

int edit_link(const char *root, const char *path, const char *target,
	      struct error **err)
{
	struct place place;
	int r = find_place(root, path, true, &place);

	if (r == 0) {
		r = make_link(&place, target);
		(void)close(place.directory);
	}
	return say(r, path, err);
}

int edit_rename(const char *root, const char *from, const char *to,
		struct error **err)
{
	struct place source;
	struct place place;
	int r = find_place(root, from, false, &source);

	if (r < 0)
		return say(r, from, err);
	r = follow_place(root, to, &place);
	if (r == 0) {
		if (renameat(source.directory, source.name, place.directory,
			     place.name) < 0 ||
		    fsync(place.directory) < 0)
			r = -errno;
		(void)close(place.directory);
	}
	(void)close(source.directory);
	return say(r, to, err);
}
