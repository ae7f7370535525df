/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets in memory of their own: locked, left out of core dumps, wiped before
 * it goes.  It prints nothing and copies nothing.
 * Source: mlock(2), madvise(2) MADV_DONTDUMP, explicit_bzero(3).
 */
#include "net/secret.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define ROOM ((size_t)65536)

static int fill(int fd, const char *path, struct secret *secret,
		struct error **err)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERROR_CONFIG, 0, "'%s' is no file", path);
	while (secret->length < ROOM) {
		ssize_t n = read(fd, secret->at + secret->length,
				 ROOM - secret->length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERROR_CONFIG, errno, "'%s'",
					 path);
		if (n == 0)
			break;
		secret->length += (size_t)n;
	}
	if (!secret->length || secret->length == ROOM)
		return error_set(err, ERROR_CONFIG, 0,
				 "'%s' is %s to be a private key", path,
				 secret->length ? "too long" : "too short");
	secret->at[secret->length] = '\0';
	return 0;
}

int secret_read(const char *path, struct secret *ret, struct error **err)
{
	struct secret secret = {.room = ROOM};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_CONFIG, errno, "'%s'", path);
	secret.at = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret.at == MAP_FAILED) {
		(void)close(fd);
		return error_memory(err);
	}
	(void)madvise(secret.at, ROOM, MADV_DONTDUMP);
	if (mlock(secret.at, ROOM) < 0)
		r = error_set(err, ERROR_INTERNAL, errno,
			      "memory for a secret can't be locked");
	else
		r = fill(fd, path, &secret, err);
	(void)close(fd);
	if (r < 0)
		secret_done(&secret);
	else
		*ret = secret;
	return r;
}

void secret_done(struct secret *secret)
{
	if (secret->at) {
		explicit_bzero(secret->at, secret->room);
		(void)munmap(secret->at, secret->room);
	}
	*secret = (struct secret){0};
}
