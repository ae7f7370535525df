/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole reads and writes, small files, the zero test and the clock.  It knows
 * nothing of disks.
 */
#include "base/io.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

int io_pread(int fd, void *buf, size_t length, uint64_t offset)
{
	char *at = buf;

	while (length) {
		ssize_t n = pread(fd, at, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENODATA;
		at += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return 0;
}

int io_pwrite(int fd, const void *buf, size_t length, uint64_t offset)
{
	const char *at = buf;

	while (length) {
		ssize_t n = pwrite(fd, at, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return 0;
}

/* Reads until the end; sysfs and fw_cfg files lie about their size. */
static int read_all(int fd, size_t limit, char **ret_text, size_t *ret_length)
{
	size_t room = 4096;
	size_t used = 0;
	char *text = malloc(room + 1);

	while (text) {
		ssize_t n = read(fd, text + used, room - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || used + (size_t)n > limit) {
			int code = n < 0 ? errno : EFBIG;

			free(text);
			return code > 0 ? -code : -EIO;
		}
		if (n == 0) {
			text[used] = '\0';
			*ret_text = text;
			*ret_length = used;
			return 0;
		}
		used += (size_t)n;
		if (used == room) {
			char *grown = realloc(text, room * 2 + 1);

			if (!grown)
				free(text);
			text = grown;
			room *= 2;
		}
	}
	return -ENOMEM;
}

int io_read_file(const char *path, size_t limit, char **ret_text,
		 size_t *ret_length, struct error **err)
{
	size_t length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	r = read_all(fd, limit, ret_text, &length);
	(void)close(fd);
	if (r < 0)
		return error_set(err, ERROR_TARGET, -r, "read '%s'", path);
	if (ret_length)
		*ret_length = length;
	return 0;
}

char *io_read_line(const char *path)
{
	char *text = NULL;
	size_t length;

	if (io_read_file(path, 1 << 16, &text, &length, NULL) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	length = strlen(text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		text[--length] = '\0';
	return text;
}

bool io_read_number(const char *path, uint64_t *ret_value)
{
	char *text = io_read_line(path);
	char *end = NULL;
	unsigned long long value;
	bool good;

	if (!text)
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	good = *text >= '0' && *text <= '9' && !*end && !errno;
	free(text);
	if (good)
		*ret_value = value;
	return good;
}

ssize_t io_read_ready(int fd, void *buf, size_t length)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	ssize_t n = poll(&ready, 1, 0);

	if (n == 0)
		return -EAGAIN;
	if (n > 0)
		n = read(fd, buf, length);
	return n < 0 ? -errno : n;
}

int io_make_parents(const char *path, struct error **err)
{
	char *copy = strdup(path);
	int r = 0;

	if (!copy)
		return error_memory(err);
	for (char *at = copy + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST) {
			r = error_set(err, ERROR_TARGET, errno,
				      "make directory '%s'", copy);
			break;
		}
		*at = '/';
	}
	free(copy);
	return r;
}

int io_replace_file(const char *path, const char *text, size_t length,
		    struct error **err)
{
	char *beside = NULL;
	int fd = -1;
	int r = 0;

	if (asprintf(&beside, "%s.new", path) < 0)
		return error_memory(err);
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		r = error_set(err, ERROR_TARGET, errno, "create '%s'", beside);
		goto out;
	}
	r = io_pwrite(fd, text, length, 0);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlink(beside);
		r = error_set(err, ERROR_TARGET, -r, "write '%s'", path);
	}
out:
	free(beside);
	return r;
}

bool io_is_zero(const void *buf, size_t length)
{
	const unsigned char *at = buf;
	size_t head = length < 16 ? length : 16;

	for (size_t i = 0; i < head; i++)
		if (at[i])
			return false;
	/* The first 16 bytes are zero: the rest is, when each byte equals
	 * the one 16 places before it.  memcmp is the fastest loop there is. */
	return length <= 16 || memcmp(at, at + 16, length - 16) == 0;
}

double io_seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
