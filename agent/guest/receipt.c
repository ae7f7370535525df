/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The receipt in a migrated system: proof for people, and for a later start of
 * the live system that this job is over.  The guest's tree is foreign: no
 * symbolic link in it is followed.
 */
#include "guest/receipt.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

static const char *const way[] = {"var", "log", "lander"};

/* The directory /var/log/lander of root, made when make is set. */
static int open_directory(const char *root, bool make)
{
	int fd = open(root, O_DIRECTORY | O_PATH | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < sizeof(way) / sizeof(*way); i++) {
		int next;

		if (make)
			(void)mkdirat(fd, way[i], 0755);
		next = openat(fd, way[i],
			      O_DIRECTORY | O_NOFOLLOW | O_RDONLY | O_CLOEXEC);
		(void)close(fd);
		fd = next;
	}
	return fd;
}

static int write_file(int directory, const char *name, const char *text)
{
	int fd = openat(directory, name,
			O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0644);
	int r;

	if (fd < 0)
		return -errno;
	r = io_pwrite(fd, text, strlen(text), 0);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

int receipt_write(const char *root, const char *receipt, const char *log,
		  struct error **err)
{
	int directory = open_directory(root, true);
	int r;

	if (directory < 0)
		return error_set(err, ERROR_CONVERT, errno,
				 "/var/log/lander of the copied system");
	r = write_file(directory, "receipt.json", receipt);
	if (r == 0)
		r = write_file(directory, "lander.log", log);
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
	int directory = open_directory(root, false);
	const char *named;
	json_t *json = NULL;
	bool same = false;
	int fd;

	if (directory < 0)
		return false;
	fd = openat(directory, "receipt.json",
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)close(directory);
	if (fd < 0)
		return false;
	json = json_loadfd(fd, 0, NULL);
	(void)close(fd);
	named = json_string_value(json_object_get(json, "job"));
	same = named && !strcmp(named, job);
	json_decref(json);
	return same;
}
