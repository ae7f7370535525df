/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One disk: opened for reading and nothing else, and watched for writers.  A
 * block device is read past the page cache or not at all: what is cached of it
 * beneath a mounted file system stays old for ever.  A file is read through
 * the cache, which is the one that its writers use.
 * Source: ioctl_blk(2) of linux/fs.h, stat of the kernel's block documents.
 */
#include "lander-source/disk.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>

#include "lander-source/counter.h"
#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/order.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

/* A test builds it without, to see that it would be found out. */
#ifndef DISK_PAST_CACHE
#define DISK_PAST_CACHE O_DIRECT
#endif

#define SEEK_TO_DATA 3
#define SEEK_TO_HOLE 4

static char *const *allowed;

void disk_allow(char *const *names)
{
	allowed = names;
}

bool disk_is_allowed(const char *path)
{
	const char *name = text_begins(path, "/dev/") ? path + 5 : path;

	if (!allowed)
		return true;
	for (char *const *at = allowed; *at; at++)
		if (text_equal(path, *at) || text_equal(name, *at) ||
		    (text_begins(*at, "/dev/") && text_equal(name, *at + 5)))
			return true;
	return false;
}

static int refuse(struct text *why, int code, const char *words)
{
	text_add(why, words);
	return code;
}

uint64_t disk_count_writes(const char *number)
{
	return counter_stamp(number);
}

static void read_boot(uint8_t ret[16])
{
	char line[64];
	const char *at = file_read_line(
		line, sizeof(line), "/proc/sys/kernel/random/boot_id", NULL);

	for (unsigned int i = 0; i < 32; at++) {
		unsigned int digit;

		if (*at == '-')
			continue;
		if (*at >= '0' && *at <= '9')
			digit = (unsigned int)(*at - '0');
		else if (*at >= 'a' && *at <= 'f')
			digit = (unsigned int)(*at - 'a') + 10;
		else
			break;
		ret[i / 2] = (uint8_t)(ret[i / 2] << 4 | digit);
		i++;
	}
}

static int look_at_block(struct disk *disk, struct text *why)
{
	struct wire_disk *about = &disk->about;
	int block = 0;
	unsigned int physical = 0;
	int read_only = 0;
	uint64_t size = 0;

	if (system_ioctl(disk->fd, BLKGETSIZE64, &size) < 0 ||
	    system_ioctl(disk->fd, BLKSSZGET, &block) < 0)
		return refuse(why, EIO, "it does not tell its size");
	(void)system_ioctl(disk->fd, BLKPBSZGET, &physical);
	(void)system_ioctl(disk->fd, BLKROGET, &read_only);
	about->size = size;
	about->block = (uint32_t)block;
	about->physical = physical;
	about->flags = WIRE_DISK_BLOCK | WIRE_DISK_DIRECT |
		       (read_only ? WIRE_DISK_READ_ONLY : 0);
	return 0;
}

static int open_block(struct disk *disk, const char *path, struct text *why)
{
	long fd = system_open(path, O_RDONLY | DISK_PAST_CACHE | O_CLOEXEC);

	if (fd < 0)
		return refuse(why, (int)-fd, "it can't be opened for reading");
	(void)system_close(disk->fd);
	disk->fd = (int)fd;
	return look_at_block(disk, why);
}

static int look_at_file(struct disk *disk, const struct stat *st)
{
	disk->about.size = (uint64_t)st->st_size;
	disk->about.block = 512;
	disk->about.physical = 4096;
	disk->about.flags = WIRE_DISK_HOLES;
	return 0;
}

static int open_kind(struct disk *disk, const char *path, struct text *why)
{
	struct stat st = {0};
	uint8_t encoded[WIRE_OPENED_BYTES];
	int code;

	if (system_fstat(disk->fd, &st) < 0)
		return refuse(why, EIO, "it can't be looked at");
	if (S_ISBLK(st.st_mode)) {
		device_number(&st, disk->number);
		code = open_block(disk, path, why);
	} else if (S_ISREG(st.st_mode)) {
		code = look_at_file(disk, &st);
	} else {
		return refuse(why, EINVAL, "it is no disk and no file");
	}
	if (code)
		return code;
	/* By the agent's own rule. */
	wire_put_disk(encoded, &disk->about);
	if (!wire_get_disk(encoded, &disk->about)) {
		text_add_number(why, disk->about.size);
		return refuse(why, EINVAL, " bytes are not a disk's size");
	}
	return disk_check(disk, why);
}

int disk_open(struct disk *disk, const char *path, struct text *why)
{
	char full[WIRE_PATH_MAX + 8];
	struct text text;
	long fd;
	int code;

	if (!disk_is_allowed(path))
		return refuse(why, EPERM,
			      "it is not among those that this lander-source "
			      "was started for");
	text_begin(&text, full, sizeof(full));
	text_add(&text, path[0] == '/' ? "" : "/dev/");
	text_add(&text, path);
	/* Without waiting: a FIFO would. */
	fd = system_open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return refuse(why, (int)-fd, "it can't be opened");
	*disk = (struct disk){.fd = (int)fd};
	code = open_kind(disk, full, why);
	disk->open = code == 0;
	if (code)
		(void)system_close(disk->fd);
	return code;
}

static struct devices devices;

/* Who has resized it, or pulled it out, has another disk. */
static int check_size(const struct disk *disk, uint64_t size, struct text *why)
{
	if (size == disk->about.size)
		return 0;
	text_add(why, "it had ");
	text_add_number(why, disk->about.size);
	text_add(why, " bytes and now has ");
	text_add_number(why, size);
	return ESTALE;
}

/* Who watches it for writers relies on the count of them. */
static int check_block(struct disk *disk, struct text *why)
{
	uint64_t size = 0;
	int code = 0;

	(void)system_ioctl(disk->fd, BLKGETSIZE64, &size);
	code = check_size(disk, size, why);
	if (code)
		return code;
	/* Through the cache it would show nothing. */
	if (DISK_PAST_CACHE)
		code = counter_check(disk->number, disk->fd, why);
	if (code)
		return code;
	disk->about.stamp = disk_count_writes(disk->number);
	disk->about.flags &= ~WIRE_DISK_WRITERS;
	device_collect(disk->number, &devices);
	if (device_users(&devices, false, why))
		disk->about.flags |= WIRE_DISK_WRITERS;
	return 0;
}

int disk_check(struct disk *disk, struct text *why)
{
	struct stat st = {0};

	read_boot(disk->about.boot);
	if (disk->number[0])
		return check_block(disk, why);
	if (system_fstat(disk->fd, &st) < 0)
		return refuse(why, EIO, "it can't be looked at");
	disk->about.stamp = (uint64_t)st.st_ctim.tv_sec * 1000000000 +
			    (uint64_t)st.st_ctim.tv_nsec;
	return check_size(disk, (uint64_t)st.st_size, why);
}

uint64_t disk_extents(const struct disk *disk, const struct order *order,
		      uint64_t (*ret)[2], unsigned int *ret_count)
{
	uint64_t end = order->offset + order->length;
	uint64_t at = order->offset;

	*ret_count = 0;
	while (at < end && *ret_count < WIRE_EXTENTS_MAX) {
		long data = (disk->about.flags & WIRE_DISK_HOLES)
				    ? system_seek(disk->fd, at, SEEK_TO_DATA)
				    : (long)at;
		long hole;

		if (data == -ENXIO)
			return end;
		/* Who can't tell has data. */
		if (data < 0)
			data = (long)at;
		if ((uint64_t)data >= end)
			return end;
		hole = (disk->about.flags & WIRE_DISK_HOLES)
			       ? system_seek(disk->fd, (uint64_t)data,
					     SEEK_TO_HOLE)
			       : (long)end;
		if (hole <= data || (uint64_t)hole > end)
			hole = (long)end;
		ret[*ret_count][0] = (uint64_t)data;
		ret[*ret_count][1] = (uint64_t)(hole - data);
		++*ret_count;
		at = (uint64_t)hole;
	}
	return at < end ? at : end;
}
