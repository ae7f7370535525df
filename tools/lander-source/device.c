/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which devices a disk consists of, and who uses them: mounted file systems,
 * swap, and those who hold a device and can't be seen from here.  What is not
 * understood counts as a writer.
 * Sources: sysfs-block of the kernel's ABI documents, proc_pid_mountinfo(5),
 * proc(5) on swaps, open(2) on O_EXCL of block devices.
 */
#include "lander-source/device.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>

#include "lander-source/file.h"
#include "lander-source/space.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SYS    "/sys/dev/block/"
#define FIELDS 64

static char table[1 << 20]; /* mountinfo, then swaps */

/* The layout of the kernel's new_encode_dev(). */
void device_number(const struct stat *st, char ret[24])
{
	uint64_t dev = st->st_rdev;
	struct text text;

	text_begin(&text, ret, 24);
	text_add_number(&text, (dev >> 8 & 0xfff) | (dev >> 32 & ~0xfffULL));
	text_add(&text, ":");
	text_add_number(&text, (dev & 0xff) | (dev >> 12 & 0xffffff00));
}

struct search {
	struct devices *all;
	const char *number; /* whose directory is listed */
	size_t index;	    /* its place in all */
	unsigned int found;
};

static void copy_text(char *to, size_t room, const char *from)
{
	struct text text;

	text_begin(&text, to, room);
	text_add(&text, from);
}

static bool is_known(const struct devices *all, const char *number)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_equal(all->device[i].number, number))
			return true;
	return false;
}

static bool add(struct devices *all, const char *name, const char *number)
{
	struct device *device = &all->device[all->count];

	if (!*number || is_known(all, number))
		return false;
	if (all->count == DEVICES_MAX) {
		all->full = true;
		return false;
	}
	all->count++;
	*device = (struct device){.leaf = true, .whole = all->count - 1};
	copy_text(device->name, sizeof(device->name), name);
	copy_text(device->number, sizeof(device->number), number);
	(void)file_read_line(device->label, sizeof(device->label), SYS, number,
			     "/dm/name", NULL);
	if (!device->label[0])
		copy_text(device->label, sizeof(device->label), name);
	return true;
}

static int add_partition(void *owner, const char *name)
{
	struct search *search = owner;
	char number[24];

	if (!file_read_number(SYS, search->number, "/", name, "/partition",
			      NULL))
		return 0;
	search->found++;
	if (add(search->all, name,
		file_read_line(number, sizeof(number), SYS, search->number, "/",
			       name, "/dev", NULL)))
		search->all->device[search->all->count - 1].whole =
			search->index;
	return 0;
}

static int add_holder(void *owner, const char *name)
{
	struct search *search = owner;
	char number[24];

	search->found++;
	(void)add(search->all, name,
		  file_read_line(number, sizeof(number), SYS, search->number,
				 "/holders/", name, "/dev", NULL));
	return 0;
}

static void name_of(const char *number, char *ret, size_t room)
{
	char link[256];
	char path[64];
	struct text text;
	long n;
	size_t last = 0;

	text_begin(&text, path, sizeof(path));
	text_add(&text, SYS);
	text_add(&text, number);
	n = system_readlink(path, link, sizeof(link) - 1);
	link[n < 0 ? 0 : n] = '\0';
	for (size_t i = 0; link[i]; i++)
		if (link[i] == '/')
			last = i + 1;
	copy_text(ret, room, link + last);
}

void device_collect(const char *number, struct devices *ret)
{
	char name[64];

	ret->count = 0;
	ret->full = false;
	name_of(number, name, sizeof(name));
	(void)add(ret, name, number);
	/* What is found is looked at, too, as the list grows. */
	for (size_t i = 0; i < ret->count; i++) {
		struct search search = {ret, ret->device[i].number, i, 0};
		char path[64];
		struct text text;

		text_begin(&text, path, sizeof(path));
		text_add(&text, SYS);
		text_add(&text, ret->device[i].number);
		(void)file_list(path, add_partition, &search);
		text_add(&text, "/holders");
		(void)file_list(path, add_holder, &search);
		ret->device[i].leaf = !search.found;
	}
}

static struct device *find(struct devices *all, const char *number)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_equal(all->device[i].number, number))
			return &all->device[i];
	return NULL;
}

/* By the path of its node: btrfs shows a number of its own, swap none. */
static struct device *find_node(struct devices *all, const char *path)
{
	struct stat st = {0};
	char number[24];

	if (system_stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	device_number(&st, number);
	return find(all, number);
}

/* Cuts a line into words in place; the rest of the text behind it. */
static char *cut_line(char *line, char *word[FIELDS], size_t *ret_count)
{
	size_t count = 0;

	while (*line && *line != '\n') {
		while (*line == ' ' || *line == '\t')
			*line++ = '\0';
		if (!*line || *line == '\n')
			break;
		if (count < FIELDS)
			word[count++] = line;
		while (*line && *line != ' ' && *line != '\t' && *line != '\n')
			line++;
	}
	*ret_count = count;
	if (*line)
		*line++ = '\0';
	return line;
}

struct use {
	const char *what; /* "mount", "swap", "unseen" */
	const char *device;
	const char *place;
	const char *type;
	bool write;
	const char *number; /* of what is mounted, or NULL */
};

static void tell(struct text *to, bool json, const struct use *use)
{
	if (json) {
		text_open(to, "{");
		text_field(to, "what", use->what);
		text_field(to, "device", use->device);
		text_field(to, "place", use->place);
		text_field(to, "type", use->type);
		text_field_truth(to, "write", use->write);
		if (use->number)
			space_tell(to, use->place, use->number);
		text_close(to, "},");
		return;
	}
	if (!use->write)
		return;
	if (to->length)
		text_add(to, "; ");
	text_add(to, use->device);
	if (text_equal(use->what, "unseen")) {
		text_add(to, " is held by something that can't be seen from "
			     "here (another mount namespace, a virtual "
			     "machine, a cluster)");
		return;
	}
	if (text_equal(use->what, "swap")) {
		text_add(to, " is swapped to");
		return;
	}
	text_add(to, " is mounted read-write at ");
	text_add(to, use->place);
	text_add(to, " (");
	text_add(to, use->type);
	text_add(to, ")");
}

static unsigned int tell_mounts(struct devices *all, bool json, struct text *to)
{
	unsigned int writers = 0;
	char *line = table;

	if (file_read("/proc/self/mountinfo", table, sizeof(table)) < 0)
		return 1;
	while (*line) {
		char *word[FIELDS];
		size_t count;
		size_t dash = 6;
		struct device *device;
		struct use use = {.what = "mount"};

		line = cut_line(line, word, &count);
		while (dash < count && !text_equal(word[dash], "-"))
			dash++;
		if (dash + 3 >= count)
			continue;
		device = find(all, word[2]);
		if (!device && text_begins(word[2], "0:"))
			device = find_node(all, word[dash + 2]);
		if (!device)
			continue;
		device->used = true;
		use.device = device->label;
		use.place = word[4];
		use.type = word[dash + 1];
		use.number = word[2];
		/* Of the file system; a mount of it may be read-only alone. */
		use.write = !text_equal(word[dash + 3], "ro") &&
			    !text_begins(word[dash + 3], "ro,");
		writers += use.write;
		tell(to, json, &use);
	}
	return writers;
}

static unsigned int tell_swaps(struct devices *all, bool json, struct text *to)
{
	unsigned int writers = 0;
	char *line = table;

	if (file_read("/proc/swaps", table, sizeof(table)) < 0)
		return 0;
	while (*line) {
		char *word[FIELDS];
		size_t count;
		struct device *device;

		line = cut_line(line, word, &count);
		device = count ? find_node(all, word[0]) : NULL;
		if (!device)
			continue;
		device->used = true;
		writers++;
		tell(to, json,
		     &(struct use){"swap", device->label, "", "swap", true,
				   NULL});
	}
	return writers;
}

/* Exclusive use shows every mount, swap, array and volume, whose ever. */
static bool is_held(const char *name)
{
	char path[80];
	struct text text;
	long fd;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/dev/");
	text_add(&text, name);
	for (size_t i = 5; path[i]; i++)
		if (path[i] == '!')
			path[i] = '/';
	fd = system_open(path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		(void)system_close((int)fd);
	return fd == -EBUSY;
}

unsigned int device_users(struct devices *devices, bool json, struct text *to)
{
	unsigned int writers = tell_mounts(devices, json, to);

	writers += tell_swaps(devices, json, to);
	for (size_t i = 0; i < devices->count; i++) {
		const struct device *device = &devices->device[i];

		/* Who uses a whole disk keeps its partitions from all others.
		 */
		if (!device->leaf || device->used ||
		    devices->device[device->whole].used ||
		    !is_held(device->name))
			continue;
		writers++;
		tell(to, json,
		     &(struct use){"unseen", device->label, "", "", true,
				   NULL});
	}
	return writers + devices->full;
}
