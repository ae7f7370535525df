/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receipt in a migrated system: proof for people, and for a later start of
 * the live system that this job is over.  The guest's tree is foreign: nothing
 * in it is opened for writing but a file that was made here.
 */
#include "guest/receipt.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "guest/label.h"
#include "guest/tree.h"

#define RECEIPT	    "receipt.json"
#define LOG	    "lander.log"
#define NEW	    ".lander.new"
#define MAX_RECEIPT ((size_t)1 << 20)

static const char *const way[] = {"/var", "/var/log", "/var/log/lander"};

/* One directory, made when it is not there.  A negative errno. */
static int open_step(const char *root, const char *path, int above)
{
	const char *name = strrchr(path, '/') + 1;
	int fd = tree_open(root, path);

	if (fd != -ENOENT)
		return fd;
	if (mkdirat(above, name, 0755) < 0)
		return -errno;
	fd = tree_open(root, path);
	if (fd >= 0)
		label_take(above, fd);
	return fd;
}

/* /var/log/lander of root, made with all above it. */
static int make_directory(const char *root)
{
	struct stat st;
	int fd = tree_open(root, "/");

	for (size_t i = 0; fd >= 0 && i < sizeof(way) / sizeof(*way); i++) {
		int next = open_step(root, way[i], fd);

		(void)close(fd);
		fd = next;
	}
	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))) {
		(void)close(fd);
		return -ENOTDIR;
	}
	return fd;
}

/* Beside it, then in its place: whatever has the name is not touched before. */
static int write_file(int directory, const char *name, const char *text)
{
	int fd;
	int r;

	(void)unlinkat(directory, NEW, 0);
	fd = openat(directory, NEW,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	label_take(directory, fd);
	r = fchmod(fd, 0644) < 0 ? -errno
				 : io_pwrite(fd, text, strlen(text), 0);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(directory, NEW, directory, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(directory, NEW, 0);
	return r;
}

int receipt_write(const char *root, const char *receipt, const char *log,
		  struct error **err)
{
	int directory = make_directory(root);
	int r;

	if (directory < 0)
		return error_set(err, ERROR_CONVERT, -directory,
				 "/var/log/lander of the copied system");
	r = write_file(directory, RECEIPT, receipt);
	if (r == 0) {
		int logged = write_file(directory, LOG, log);

		if (logged < 0)
			log_warn("guest", "no log in the copied system: %s",
				 strerror(-logged));
	}
	if (r == 0 && fsync(directory) < 0)
		r = -errno;
	(void)close(directory);
	if (r < 0)
		return error_set(err, ERROR_CONVERT, -r,
				 "write /var/log/lander of the copied system");
	return 0;
}

bool receipt_names(const char *root, const char *job)
{
	const char *named;
	json_t *json = NULL;
	char *text = NULL;
	bool same = false;

	if (tree_read(root, "/var/log/lander/" RECEIPT, MAX_RECEIPT, &text) < 0)
		return false;
	json = json_loads(text, 0, NULL);
	free(text);
	named = json_string_value(json_object_get(json, "job"));
	same = named && !strcmp(named, job);
	json_decref(json);
	return same;
}
