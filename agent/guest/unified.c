/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads sections of unified kernel images.  It changes none: what is appended
 * to one is not loaded, and a changed one is no longer what was signed.
 */
#include "guest/unified.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "guest/tree.h"

#define SECTIONS_MAX 96 /* of the Windows loader */
#define SECTION	     40

static uint32_t word(const uint8_t *at, int bytes)
{
	uint32_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

static int find(int fd, const char *name, uint32_t *ret_offset,
		uint32_t *ret_size)
{
	uint8_t head[24];
	uint8_t section[SECTION];
	char wanted[9] = "";
	uint64_t at;
	uint32_t count;
	int r = io_pread(fd, head, 2, 0);

	if (r == 0 && memcmp(head, "MZ", 2) != 0)
		return -ENOEXEC;
	if (r == 0)
		r = io_pread(fd, head, 4, 0x3c);
	if (r < 0)
		return r;
	at = word(head, 4);
	r = io_pread(fd, head, sizeof(head), at);
	if (r < 0)
		return r;
	if (memcmp(head, "PE\0", 4) != 0)
		return -ENOEXEC;
	count = word(head + 6, 2);
	at += sizeof(head) + word(head + 20, 2);
	memcpy(wanted, name, strnlen(name, 8));
	for (uint32_t i = 0; i < count && i < SECTIONS_MAX; i++) {
		r = io_pread(fd, section, SECTION, at + (uint64_t)i * SECTION);
		if (r < 0)
			return r;
		if (memcmp(section, wanted, 8) != 0)
			continue;
		/* On disk it is filled up; its own size is the other one. */
		*ret_size = word(section + 16, 4);
		if (word(section + 8, 4) < *ret_size)
			*ret_size = word(section + 8, 4);
		*ret_offset = word(section + 20, 4);
		return 0;
	}
	return -ENOENT;
}

int unified_read(const char *root, const char *path, const char *section,
		 size_t limit, char **ret_bytes, size_t *ret_length)
{
	uint32_t offset = 0;
	uint32_t size = 0;
	char *bytes = NULL;
	int fd = tree_open(root, path);
	int r;

	if (fd < 0)
		return fd;
	r = find(fd, section, &offset, &size);
	if (r == 0 && size > limit)
		r = -EFBIG;
	if (r == 0 && !(bytes = malloc((size_t)size + 1)))
		r = -ENOMEM;
	if (r == 0)
		r = io_pread(fd, bytes, size, offset);
	(void)close(fd);
	if (r < 0 || !bytes) {
		free(bytes);
		return r;
	}
	bytes[size] = '\0';
	*ret_bytes = bytes;
	*ret_length = size;
	return 0;
}
