/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small files and directories of sysfs and proc.  It opens for reading only.
 */
#include "lander-source/file.h"

#include <fcntl.h>
#include <stdarg.h>

#include "lander-source/system.h"
#include "lander-source/text.h"

#define PATH_ROOM 512U

/* As the kernel writes it, getdents64(2). */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

long file_read(const char *path, char *buf, size_t room)
{
	long fd = system_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t used = 0;
	long n = fd;

	buf[0] = '\0';
	if (fd < 0)
		return fd;
	while (used + 1 < room) {
		n = system_read((int)fd, buf + used, room - 1 - used);
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	(void)system_close((int)fd);
	buf[used] = '\0';
	return n < 0 ? n : (long)used;
}

static void join(struct text *path, const char *part, va_list *more)
{
	for (; part; part = va_arg(*more, const char *))
		text_add(path, part);
}

static const char *first_line(const struct text *path, char *buf, size_t room)
{
	size_t length = 0;

	buf[0] = '\0';
	if (path->full || file_read(path->at, buf, room) < 0)
		return buf;
	while (buf[length] && buf[length] != '\n')
		length++;
	while (length && (buf[length - 1] == ' ' || buf[length - 1] == '\t'))
		length--;
	buf[length] = '\0';
	return buf;
}

const char *file_read_line(char *buf, size_t room, ...)
{
	char path[PATH_ROOM];
	struct text text;
	va_list more;

	text_begin(&text, path, sizeof(path));
	va_start(more, room);
	join(&text, va_arg(more, const char *), &more);
	va_end(more);
	return first_line(&text, buf, room);
}

uint64_t file_read_number(const char *part, ...)
{
	char path[PATH_ROOM];
	char line[64];
	struct text text;
	uint64_t value = 0;
	va_list more;

	text_begin(&text, path, sizeof(path));
	va_start(more, part);
	join(&text, part, &more);
	va_end(more);
	return text_number(first_line(&text, line, sizeof(line)), &value)
		       ? value
		       : 0;
}

long file_list(const char *path, int (*each)(void *owner, const char *name),
	       void *owner)
{
	long fd = system_open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	uint64_t buf[512] = {0};
	long n = fd;
	int r = 0;

	if (fd < 0)
		return fd;
	while (r == 0 && (n = system_list((int)fd, buf, sizeof(buf))) > 0) {
		const char *at = (const char *)buf;
		const char *end = at + n;

		while (r == 0 && at < end) {
			const struct entry *entry = (const void *)at;

			if (entry->name[0] != '.')
				r = each(owner, entry->name);
			at += entry->length;
		}
	}
	(void)system_close((int)fd);
	return r ? r : n;
}
