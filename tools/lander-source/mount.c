/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is mounted on this machine, in whatever namespace: a container's file
 * system is written to like any other.
 * Sources: proc_pid_mountinfo(5), namespaces(7), proc_pid_fdinfo(5).
 */
#include "lander-source/mount.h"

#include <sys/stat.h>

#include <fcntl.h>

#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/line.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define NAMESPACES 256

static char table[1 << 20];

struct walk {
	void (*each)(void *owner, const struct mount *mount);
	void *owner;
	uint64_t seen[NAMESPACES]; /* inodes */
	size_t count;
};

static void tell_table(const struct walk *walk, const char *process)
{
	char path[64];
	struct text text;
	char *line = table;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/proc/");
	text_add(&text, process);
	text_add(&text, "/mountinfo");
	(void)file_read(path, table, sizeof(table));
	while (*line) {
		char *word[LINE_WORDS];
		size_t count;
		size_t dash = 6;
		struct mount mount = {.process = process};

		line = line_cut(line, word, &count);
		while (dash < count && !text_equal(word[dash], "-"))
			dash++;
		if (dash + 3 >= count || !text_number(word[0], &mount.id))
			continue;
		line_decode(word[3]);
		line_decode(word[4]);
		line_decode(word[dash + 2]);
		mount.number = word[2];
		mount.root = word[3];
		mount.place = word[4];
		mount.options = word[5];
		mount.type = word[dash + 1];
		mount.node = word[dash + 2];
		mount.super = word[dash + 3];
		walk->each(walk->owner, &mount);
	}
}

/* Kernels before 3.8 have no names for namespaces: all are looked at. */
static bool is_new(struct walk *walk, const char *process)
{
	char path[64];
	struct stat st = {0};
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/proc/");
	text_add(&text, process);
	text_add(&text, "/ns/mnt");
	if (system_stat(path, &st) < 0)
		return true;
	for (size_t i = 0; i < walk->count; i++)
		if (walk->seen[i] == st.st_ino)
			return false;
	if (walk->count < NAMESPACES)
		walk->seen[walk->count++] = st.st_ino;
	return true;
}

static int look_at_process(void *owner, const char *name)
{
	struct walk *walk = owner;

	if (name[0] >= '0' && name[0] <= '9' && is_new(walk, name))
		tell_table(walk, name);
	return 0;
}

void mount_each(void (*each)(void *owner, const struct mount *mount),
		void *owner)
{
	struct walk walk = {.each = each, .owner = owner};

	(void)is_new(&walk, "self");
	tell_table(&walk, "self");
	(void)file_list("/proc", look_at_process, &walk);
}

bool mount_has(const char *options, const char *word)
{
	size_t length = 0;

	while (word[length])
		length++;
	while (*options) {
		if (text_begins(options, word) &&
		    (options[length] == ',' || !options[length]))
			return true;
		while (*options && *options != ',')
			options++;
		options += *options == ',';
	}
	return false;
}

uint64_t mount_id(int fd)
{
	char path[64];
	char info[512];
	struct text text;
	const char *at;
	uint64_t id = 0;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/proc/self/fdinfo/");
	text_add_number(&text, (unsigned int)fd);
	if (file_read(path, info, sizeof(info)) < 0)
		return 0;
	at = line_value(info, "mnt_id:");
	return at && text_number(at, &id) ? id : 0;
}

struct search {
	uint64_t id;
	char *number;
	bool found;
};

static void compare(void *owner, const struct mount *mount)
{
	struct search *search = owner;
	struct text text;

	if (mount->id != search->id || search->found)
		return;
	text_begin(&text, search->number, 24);
	text_add(&text, mount->number);
	search->found = true;
}

bool mount_find(const char *path, char ret[24])
{
	struct search search = {.number = ret};
	struct stat st = {0};
	long fd = system_open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return false;
	search.id = mount_id((int)fd);
	if (search.id)
		mount_each(compare, &search);
	else if (system_fstat((int)fd, &st) >= 0) {
		st.st_rdev = st.st_dev;
		device_number(&st, ret);
		search.found = true;
	}
	(void)system_close((int)fd);
	return search.found;
}
