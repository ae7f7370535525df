/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of one directory: found by hash, since directories may be huge.  A name
 * that was taken is marked in its type.
 */
#include "files/files_names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/error.h"

#define TAKEN	   0x80
#define LENGTH_MAX ((size_t)UINT32_MAX - 512)

static int add(struct files_names *names, const struct dirent *one,
	       struct error **err)
{
	size_t length = strlen(one->d_name) + 1;

	if (names->length + length + 1 > names->room) {
		size_t room = names->room ? names->room * 2 : 4096;
		char *more =
			room < LENGTH_MAX ? realloc(names->bytes, room) : NULL;

		if (!more)
			return error_memory(err);
		names->bytes = more;
		names->room = room;
	}
	names->bytes[names->length++] = (char)(one->d_type & 0x7f);
	memcpy(names->bytes + names->length, one->d_name, length);
	names->length += length;
	names->count++;
	return 0;
}

static size_t place_of(const struct files_names *names, const char *name)
{
	return XXH3_64bits(name, strlen(name)) & (names->slots - 1);
}

static int index_all(struct files_names *names, struct error **err)
{
	names->slots = 16;
	while (names->slots < names->count * 2)
		names->slots *= 2;
	names->slot = calloc(names->slots, sizeof(*names->slot));
	if (!names->slot)
		return error_memory(err);
	for (size_t at = 0; at < names->length;) {
		const char *name = names->bytes + at + 1;
		size_t place = place_of(names, name);

		while (names->slot[place])
			place = (place + 1) & (names->slots - 1);
		names->slot[place] = (uint32_t)at + 1;
		at += strlen(name) + 2;
	}
	return 0;
}

int files_names_read(struct files_names *names, int fd, struct error **err)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	const struct dirent *one;
	int r = 0;

	if (!list) {
		r = error_set(err, ERROR_TARGET, errno, "a directory");
		if (again >= 0)
			(void)close(again);
		return r;
	}
	while (r == 0 && (errno = 0, one = readdir(list)))
		if (strcmp(one->d_name, ".") != 0 &&
		    strcmp(one->d_name, "..") != 0)
			r = add(names, one, err);
	if (r == 0 && errno)
		r = error_set(err, ERROR_TARGET, errno, "a directory");
	(void)closedir(list);
	return r < 0 ? r : index_all(names, err);
}

void files_names_done(struct files_names *names)
{
	free(names->bytes);
	free(names->slot);
	*names = (struct files_names){0};
}

int files_names_take(struct files_names *names, const char *name)
{
	size_t place;

	if (!names->count)
		return -1;
	place = place_of(names, name);
	for (; names->slot[place]; place = (place + 1) & (names->slots - 1)) {
		char *at = names->bytes + names->slot[place] - 1;

		if (strcmp(at + 1, name) != 0)
			continue;
		*at = (char)(*at | TAKEN);
		return *at & 0x7f;
	}
	return -1;
}

const char *files_names_next(const struct files_names *names, size_t *at)
{
	while (*at < names->length) {
		const char *one = names->bytes + *at;

		*at += strlen(one + 1) + 2;
		if (!(*one & TAKEN))
			return one + 1;
	}
	return NULL;
}
