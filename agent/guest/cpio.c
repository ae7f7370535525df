/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Archives in the "newc" form of cpio, which is what the kernel unpacks as its
 * first root.  The reader trusts no field: a member that does not lie whole
 * within the archive, or has a name without an end, ends it.
 */
#include "guest/cpio.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER	110
#define TRAILER "TRAILER!!!"
#define BLOCK	512

/* The header's fields of eight digits each, after its magic of six. */
enum {
	INODE,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	SIZE,
	MAJOR,
	MINOR,
	RMAJOR,
	RMINOR,
	NAME_SIZE,
	CHECK,
	FIELDS
};

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static bool read_field(const uint8_t *at, uint32_t *ret)
{
	uint32_t value = 0;

	for (int i = 0; i < 8; i++) {
		uint8_t c = at[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)(c | 0x20) - 'a' + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	*ret = value;
	return true;
}

int cpio_next(const uint8_t *archive, size_t length, size_t *offset,
	      struct cpio_entry *ret_entry)
{
	size_t left = *offset <= length ? length - *offset : 0;
	const uint8_t *at = archive + *offset;
	uint32_t field[FIELDS];
	size_t body;
	size_t end;

	if (left < HEADER ||
	    (memcmp(at, "070701", 6) != 0 && memcmp(at, "070702", 6) != 0))
		return -EBADMSG;
	for (size_t i = 0; i < FIELDS; i++)
		if (!read_field(at + 6 + 8 * i, &field[i]))
			return -EBADMSG;
	if (field[NAME_SIZE] == 0 || field[NAME_SIZE] > PATH_MAX)
		return -EBADMSG;
	body = align4(HEADER + field[NAME_SIZE]);
	end = body + field[SIZE];
	if (end > left || at[HEADER + field[NAME_SIZE] - 1] != '\0')
		return -EBADMSG;
	*ret_entry = (struct cpio_entry){
		.name = (const char *)at + HEADER,
		.mode = field[MODE],
		.nlink = field[NLINK],
		.data = at + body,
		.size = field[SIZE],
	};
	/* The last member's padding may be cut off. */
	*offset += align4(end) < left ? align4(end) : left;
	return strcmp(ret_entry->name, TRAILER) != 0;
}

/* Room for that many more bytes, which are zero. */
static uint8_t *grow(struct cpio *cpio, size_t more)
{
	uint8_t *at;

	if (more > cpio->room - cpio->length) {
		size_t room = (cpio->length + more) * 2;
		uint8_t *grown = realloc(cpio->data, room);

		if (!grown)
			return NULL;
		cpio->data = grown;
		cpio->room = room;
	}
	at = cpio->data + cpio->length;
	memset(at, 0, more);
	cpio->length += more;
	return at;
}

static int append(struct cpio *cpio, const char *name, uint32_t mode,
		  const void *data, size_t size)
{
	size_t name_size = strlen(name) + 1;
	size_t body = align4(HEADER + name_size);
	uint8_t *at;

	if (name_size == 1 || name_size > PATH_MAX || size > UINT32_MAX / 2)
		return -EINVAL;
	at = grow(cpio, align4(body + size));
	if (!at)
		return -ENOMEM;
	(void)snprintf((char *)at, HEADER + 1,
		       "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X"
		       "%08X",
		       mode ? ++cpio->members : 0, mode, 0U, 0U, 1U, 0U,
		       (unsigned int)size, 0U, 0U, 0U, 0U,
		       (unsigned int)name_size, 0U);
	memcpy(at + HEADER, name, name_size);
	if (size)
		memcpy(at + body, data, size);
	return 0;
}

int cpio_add(struct cpio *cpio, const char *name, uint32_t mode,
	     const void *data, size_t size)
{
	return append(cpio, name, mode, data, size);
}

int cpio_end(struct cpio *cpio)
{
	int r = append(cpio, TRAILER, 0, NULL, 0);
	size_t over = cpio->length % BLOCK;

	if (r == 0 && over && !grow(cpio, BLOCK - over))
		r = -ENOMEM;
	return r;
}
