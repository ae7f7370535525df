/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has files open for writing: for the message that names who is in the
 * way.  It reads proc and touches nobody.
 * Source: proc_pid_fd(5), proc_pid_fdinfo(5).
 */
#include "lander-source/holder.h"

#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/line.h"
#include "lander-source/mount.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define MOUNTS 64
#define SHOWN  4
#define WRITES 3 /* O_WRONLY or O_RDWR */

struct search {
	const char *number;
	struct devices *devices; /* or NULL: files of the file system */
	uint64_t mount[MOUNTS];	 /* ids */
	size_t mounts;
	const char *process;
	unsigned int found;
	struct text *to;
};

static void note_mount(void *owner, const struct mount *mount)
{
	struct search *search = owner;

	if (text_equal(mount->number, search->number) &&
	    search->mounts < MOUNTS)
		search->mount[search->mounts++] = mount->id;
}

/* In octal. */
static bool is_for_writing(const char *info)
{
	const char *flags = line_value(info, "flags:");

	while (flags && flags[0] >= '0' && flags[1] >= '0')
		flags++;
	return flags && (flags[0] - '0') & WRITES;
}

static bool is_here(const struct search *search, const char *info,
		    const char *place)
{
	const char *id = line_value(info, "mnt_id:");
	uint64_t mount = 0;

	/* By its name: asking a file of a dead server would hang. */
	if (search->devices)
		return text_begins(place, "/dev/") &&
		       device_find_node(search->devices, place);
	if (!id || !text_number(id, &mount))
		return false;
	for (size_t i = 0; i < search->mounts; i++)
		if (search->mount[i] == mount)
			return true;
	return false;
}

static void path_of(const struct search *search, const char *directory,
		    const char *name, struct text *path)
{
	text_add(path, "/proc/");
	text_add(path, search->process);
	text_add(path, directory);
	text_add(path, name);
}

static int look_at_file(void *owner, const char *name)
{
	struct search *search = owner;
	char path[96];
	char info[1024];
	char place[128];
	struct text text;
	long n;

	text_begin(&text, path, sizeof(path));
	path_of(search, "/fd/", name, &text);
	n = system_readlink(path, place, sizeof(place) - 1);
	place[n < 0 ? 0 : n] = '\0';
	text_begin(&text, path, sizeof(path));
	path_of(search, "/fdinfo/", name, &text);
	if (file_read(path, info, sizeof(info)) < 0 || !is_for_writing(info) ||
	    !is_here(search, info, place))
		return 0;
	text_add(search->to, search->found++ ? ", " : ": ");
	text_add(search->to, file_read_line(info, sizeof(info), "/proc/",
					    search->process, "/comm", NULL));
	text_add(search->to, " (");
	text_add(search->to, search->process);
	text_add(search->to, ") has ");
	text_add(search->to, place);
	/* One of each process tells enough. */
	return 1;
}

static int look_at_process(void *owner, const char *name)
{
	struct search *search = owner;
	char path[64];
	struct text text;

	if (name[0] < '0' || name[0] > '9')
		return 0;
	search->process = name;
	text_begin(&text, path, sizeof(path));
	path_of(search, "/fdinfo", "", &text);
	(void)file_list(path, look_at_file, search);
	return search->found == SHOWN;
}

void holder_tell(const char *number, struct text *to)
{
	struct search search = {.number = number, .to = to};

	mount_each(note_mount, &search);
	(void)file_list("/proc", look_at_process, &search);
}

void holder_tell_raw(struct devices *devices, struct text *to)
{
	struct search search = {.devices = devices, .to = to};

	(void)file_list("/proc", look_at_process, &search);
}
