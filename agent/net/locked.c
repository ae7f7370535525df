/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys in memory of their own: locked, left out of core dumps, wiped before it
 * goes.  It prints nothing and copies nothing.
 * Source: mlock(2), madvise(2) MADV_DONTDUMP, explicit_bzero(3).
 */
#include "net/locked.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define ROOM ((size_t)65536)

int locked_begin(size_t room, struct locked *ret, struct error **err)
{
	void *at = mmap(NULL, room, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return error_memory(err);
	*ret = (struct locked){.at = at, .room = room};
	(void)madvise(at, room, MADV_DONTDUMP);
	if (mlock(at, room) < 0) {
		int code = errno;

		locked_done(ret);
		return error_set(err, ERROR_INTERNAL, code,
				 "memory for a secret can't be locked");
	}
	return 0;
}

bool locked_add(struct locked *locked, const void *bytes, size_t length)
{
	if (length >= locked->room - locked->length)
		return false;
	memcpy(locked->at + locked->length, bytes, length);
	locked->length += length;
	locked->at[locked->length] = '\0';
	return true;
}

static int fill(int fd, const char *path, struct locked *locked,
		struct error **err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERROR_CONFIG, 0, "'%s' is no file", path);
	while (locked->length < ROOM) {
		ssize_t n = read(fd, locked->at + locked->length,
				 ROOM - locked->length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERROR_CONFIG, errno, "'%s'",
					 path);
		if (n == 0)
			break;
		locked->length += (size_t)n;
	}
	if (!locked->length || locked->length == ROOM)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is too %s to be a private key", path,
				 locked->length ? "long" : "short");
	locked->at[locked->length] = '\0';
	return 0;
}

int locked_read(const char *path, struct locked *ret, struct error **err)
{
	struct locked locked = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_CONFIG, errno, "'%s'", path);
	r = locked_begin(ROOM, &locked, err);
	if (r == 0)
		r = fill(fd, path, &locked, err);
	(void)close(fd);
	if (r < 0)
		locked_done(&locked);
	else
		*ret = locked;
	return r;
}

int locked_copy(const void *bytes, size_t length, struct locked *ret,
		struct error **err)
{
	int r;

	if (!length || length >= ROOM)
		return error_set(err, ERROR_CONFIG, 0,
				 "it is too %s to be a private key",
				 length ? "long" : "short");
	r = locked_begin(ROOM, ret, err);
	if (r < 0)
		return r;
	memcpy(ret->at, bytes, length);
	ret->at[length] = '\0';
	ret->length = length;
	return 0;
}

void locked_done(struct locked *locked)
{
	if (locked->at) {
		explicit_bzero(locked->at, locked->room);
		(void)munmap(locked->at, locked->room);
	}
	*locked = (struct locked){0};
}

void locked_free(void *at)
{
	if (at)
		explicit_bzero(at, malloc_usable_size(at));
	free(at);
}

void *locked_realloc(void *at, size_t length)
{
	void *more = malloc(length ? length : 1);
	size_t old = at ? malloc_usable_size(at) : 0;

	if (!more)
		return NULL;
	if (at)
		memcpy(more, at, old < length ? old : length);
	locked_free(at);
	return more;
}
