/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kernel has counted of a disk.  That nobody wrote to it is told by
 * nothing else, so that a count that stands still for ever is refused: it is
 * switched off (queue/iostats), or a driver has none.  NVMe of several paths is
 * counted below its one name, on each path; before Linux 6.2 only there.  A
 * partition has a count of what went through it.
 * Sources: stat and sysfs-block of the kernel's documents, ioctl_blk(2) of
 * linux/fs.h.
 */
#include "lander-source/counter.h"

#include <errno.h>
#include <linux/fs.h>

#include "lander-source/file.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define NUMBERS	  "/sys/dev/block/"
#define BLOCK	  "/sys/block/"
#define BLOCK_MAX 65536U

/** A disk and what it is counted on. */
struct counted {
	char disk[64];	    /* its name, or that of the disk it is a part of */
	char sleeping[64];  /* a path of it that does not count */
	unsigned int paths; /* of NVMe */
	struct counter own;
	struct counter sum;
	bool there;
};

static bool add_stat(const char *line, struct counter *to)
{
	const char *at = line;
	unsigned int field;

	for (field = 1; at && *at; field++) {
		uint64_t value = 0;

		while (*at == ' ')
			at++;
		at = text_number(at, &value);
		if (!at)
			break;
		to->read += field == 3 ? value : 0;
		to->written += field == 7 ? value : 0;
		to->discarded += field == 14 ? value : 0;
	}
	return field > 7;
}

/* The last part of its directory's path but one, for a partition. */
static void find_disk(const char *number, char *ret, size_t room)
{
	bool part = file_read_number(NUMBERS, number, "/partition", NULL) > 0;
	char path[64];
	char link[512];
	struct text text;
	size_t begin[2] = {0, 0};
	long n;

	text_begin(&text, path, sizeof(path));
	text_add(&text, NUMBERS);
	text_add(&text, number);
	n = system_readlink(path, link, sizeof(link) - 1);
	link[n < 0 ? 0 : n] = '\0';
	for (size_t i = 0; link[i]; i++) {
		if (link[i] != '/')
			continue;
		begin[0] = begin[1];
		begin[1] = i + 1;
	}
	text_begin(&text, ret, room);
	for (size_t i = begin[part ? 0 : 1]; link[i] && link[i] != '/'; i++)
		text_add_bytes(&text, link + i, 1);
}

static const char *skip_digits(const char *at)
{
	const char *end = at;

	while (*end >= '0' && *end <= '9')
		end++;
	return end > at ? end : NULL;
}

/* nvme0c3n1 is a path of nvme0n1: both begin and end alike. */
static bool is_path_of(const char *name, const char *disk)
{
	const char *at;

	if (!text_begins(name, "nvme") || !text_begins(disk, "nvme"))
		return false;
	at = skip_digits(name + 4);
	if (!at || *at != 'c')
		return false;
	for (const char *a = name, *b = disk; a < at; a++, b++)
		if (*a != *b)
			return false;
	disk += at - name;
	at = skip_digits(at + 1);
	return at && *at == 'n' && text_equal(at, disk);
}

static int add_path(void *owner, const char *name)
{
	struct counted *counted = owner;
	char line[512];
	struct text text;

	if (!is_path_of(name, counted->disk))
		return 0;
	counted->paths++;
	(void)file_read_line(line, sizeof(line), BLOCK, name, "/stat", NULL);
	if (add_stat(line, &counted->sum) &&
	    file_read_number(BLOCK, name, "/queue/iostats", NULL))
		return 0;
	text_begin(&text, counted->sleeping, sizeof(counted->sleeping));
	text_add(&text, name);
	return 0;
}

static void look(const char *number, struct counted *ret)
{
	char line[512];

	*ret = (struct counted){.there = false};
	find_disk(number, ret->disk, sizeof(ret->disk));
	if (text_begins(ret->disk, "nvme"))
		(void)file_list(BLOCK, add_path, ret);
	/* Paths have no partitions: those are counted as the whole disk. */
	if (ret->paths)
		(void)file_read_line(line, sizeof(line), BLOCK, ret->disk,
				     "/stat", NULL);
	else
		(void)file_read_line(line, sizeof(line), NUMBERS, number,
				     "/stat", NULL);
	ret->there = add_stat(line, &ret->own);
	ret->sum.read += ret->own.read;
	ret->sum.written += ret->own.written;
	ret->sum.discarded += ret->own.discarded;
}

bool counter_take(const char *number, struct counter *ret)
{
	struct counted counted;

	look(number, &counted);
	*ret = counted.own.read ? counted.own : counted.sum;
	return counted.there;
}

uint64_t counter_stamp(const char *number)
{
	struct counted counted;

	look(number, &counted);
	return counted.sum.written + counted.sum.discarded;
}

static int read_block(int fd, struct text *why)
{
	static _Alignas(4096) char block[BLOCK_MAX];
	int length = 0;
	long n;

	if (system_ioctl(fd, BLKSSZGET, &length) < 0 || length < 1 ||
	    (unsigned int)length > sizeof(block))
		length = 4096;
	n = system_pread(fd, block, (size_t)length, 0);
	if (n > 0)
		return 0;
	text_add(why, "its first block can't be read");
	return n < 0 ? (int)-n : EIO;
}

int counter_check(const char *number, int fd, struct text *why)
{
	struct counted before;
	struct counted after;
	const char *name = after.disk;
	char line[8];
	int code;

	look(number, &before);
	code = read_block(fd, why);
	if (code)
		return code;
	look(number, &after);
	/* Any path may be the next one. */
	if (after.own.read != before.own.read ||
	    (after.sum.read != before.sum.read && !after.sleeping[0]))
		return 0;
	if (after.sleeping[0])
		name = after.sleeping;
	text_add(why, "that machine's kernel does not count what is read from "
		      "and written to it, so nobody could tell whether it was "
		      "written to while it was copied: ");
	(void)file_read_line(line, sizeof(line), BLOCK, name, "/queue/iostats",
			     NULL);
	if (text_equal(line, "0")) {
		text_add(why, "echo 1 > " BLOCK);
		text_add(why, name);
		text_add(why, "/queue/iostats there");
	} else {
		text_add(why, "its driver has no count; copy the disks that it "
			      "lies on, or let lander serve it from its own "
			      "medium");
	}
	return EOPNOTSUPP;
}
