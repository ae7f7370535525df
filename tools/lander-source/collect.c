/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which file systems have to be held so that a disk is still: those on it,
 * its partitions, arrays and volumes, and on loop devices whose files lie
 * there, in whatever mount namespace.  It opens them and does nothing to them.
 * Sources: proc_pid_mountinfo(5), loop(4), mount(2).
 */
#include "lander-source/collect.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>

#include "lander-source/device.h"
#include "lander-source/file.h"
#include "lander-source/hold.h"
#include "lander-source/mount.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

struct collection {
	struct hold *hold;
	struct devices *devices;
	bool bystanders; /* are collected now */
	bool full;
};

/* Those that have an operation for it; of others the kernel says EOPNOTSUPP. */
static bool can_freeze(const char *type)
{
	static const char *const types[] = {
		"ext2",	    "ext3",   "ext4", "xfs",	  "btrfs", "f2fs",
		"reiserfs", "nilfs2", "jfs",  "bcachefs", NULL};

	for (const char *const *at = types; *at; at++)
		if (text_equal(type, *at))
			return true;
	return false;
}

/* A remount sets all of them, so all that are set have to be said again. */
static unsigned long flags_of(const struct mount *mount)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} flags[] = {
		{"ro", MS_RDONLY},	   {"nosuid", MS_NOSUID},
		{"nodev", MS_NODEV},	   {"noexec", MS_NOEXEC},
		{"noatime", MS_NOATIME},   {"nodiratime", MS_NODIRATIME},
		{"relatime", MS_RELATIME}, {"sync", MS_SYNCHRONOUS},
		{"dirsync", MS_DIRSYNC},   {"mand", MS_MANDLOCK},
		{"lazytime", 1UL << 25},
	};
	unsigned long all = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (mount_has(mount->options, flags[i].word) ||
		    mount_has(mount->super, flags[i].word))
			all |= flags[i].flag;
	return all;
}

static void copy(char *to, size_t room, const char *from)
{
	struct text text;

	text_begin(&text, to, room);
	text_add(&text, from);
}

/* Whether what was opened is this mount, and not one that hides it. */
static bool is_mount(int fd, const struct mount *mount)
{
	struct stat st = {0};
	char number[24];
	uint64_t id = mount_id(fd);

	if (id)
		return id == mount->id;
	if (system_fstat(fd, &st) < 0)
		return false;
	st.st_rdev = st.st_dev;
	device_number(&st, number);
	return text_equal(number, mount->number) ||
	       text_begins(mount->number, "0:");
}

/* A device's node may lie there by now: only what is the mount is opened. */
long collect_open(const struct mount *mount)
{
	char path[4200];
	struct text text;
	long handle;
	long fd = -ENOENT;

	text_begin(&text, path, sizeof(path));
	if (!text_equal(mount->process, "self")) {
		text_add(&text, "/proc/");
		text_add(&text, mount->process);
		text_add(&text, "/root");
	}
	text_add(&text, mount->place);
	handle = system_open(path, O_PATH | O_CLOEXEC);
	if (handle < 0 || text.full)
		return handle < 0 ? handle : -ENAMETOOLONG;
	if (is_mount((int)handle, mount)) {
		text_begin(&text, path, sizeof(path));
		text_add(&text, "/proc/self/fd/");
		text_add_number(&text, (uint64_t)handle);
		fd = system_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	(void)system_close((int)handle);
	return fd;
}

static void reach(struct hold_system *system, const struct mount *mount)
{
	bool ours = text_equal(mount->process, "self");
	enum collect_rank rank = COLLECT_WELL;
	long fd;

	if (!ours)
		rank = COLLECT_FOREIGN;
	else if (mount_has(mount->options, "ro"))
		rank = COLLECT_READ_ONLY;
	if (rank <= system->rank)
		return;
	fd = collect_open(mount);
	/* Hidden; its name still helps. */
	if (fd < 0 && system->place[0])
		return;
	copy(system->place, sizeof(system->place), mount->place);
	copy(system->process, sizeof(system->process),
	     ours ? "" : mount->process);
	if (fd < 0)
		return;
	if (system->fd >= 0)
		(void)system_close(system->fd);
	system->fd = (int)fd;
	system->rank = rank;
	system->flags = flags_of(mount);
}

struct hold_system *collect_find(struct hold *hold, const char *number)
{
	for (size_t i = 0; i < hold->systems; i++)
		if (text_equal(hold->system[i].number, number))
			return &hold->system[i];
	return NULL;
}

static struct hold_system *add_system(struct collection *collection,
				      const char *label,
				      const struct mount *mount)
{
	struct hold *hold = collection->hold;
	struct hold_system *system = &hold->system[hold->systems];

	if (hold->systems == HOLD_SYSTEMS) {
		collection->full = true;
		return NULL;
	}
	hold->systems++;
	system->fd = -1;
	system->bystander = collection->bystanders;
	system->freeze =
		hold->kind != WIRE_QUIESCE_READONLY && can_freeze(mount->type);
	copy(system->number, sizeof(system->number), mount->number);
	copy(system->device, sizeof(system->device), label);
	copy(system->type, sizeof(system->type), mount->type);
	return system;
}

static void note_mount(void *owner, const struct mount *mount)
{
	struct collection *collection = owner;
	struct device *device = device_find_mount(collection->devices, mount);
	struct hold_system *system =
		collect_find(collection->hold, mount->number);
	bool others = !device && collection->bystanders &&
		      text_begins(mount->node, "/dev/") &&
		      (!text_begins(mount->number, "0:") ||
		       text_equal(mount->type, "btrfs"));

	if (device)
		device->used = true;
	if ((!device && !others) || mount_has(mount->super, "ro"))
		return;
	if (!system)
		system = add_system(collection,
				    device ? device->label : mount->node + 5,
				    mount);
	if (system)
		reach(system, mount);
}

/* Whether the file behind it lies on one of the file systems. */
static bool lies_here(struct hold *hold, const char *name)
{
	struct loop_info64 info = {0};
	char path[512];
	char number[24];
	struct stat st = {0};
	struct text text;
	long fd;
	long r;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/dev/");
	text_add(&text, name);
	fd = system_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		r = system_ioctl((int)fd, LOOP_GET_STATUS64, &info);
		(void)system_close((int)fd);
		st.st_rdev = info.lo_device;
		device_number(&st, number);
		if (r >= 0 && collect_find(hold, number))
			return true;
	}
	(void)file_read_line(path, sizeof(path), "/sys/block/", name,
			     "/loop/backing_file", NULL);
	/* btrfs shows files another number. */
	return path[0] == '/' && mount_find(path, number) &&
	       collect_find(hold, number);
}

static int look_at_loop(void *owner, const char *name)
{
	struct collection *collection = owner;
	char number[24];

	if (!text_begins(name, "loop"))
		return 0;
	(void)file_read_line(number, sizeof(number), "/sys/block/", name,
			     "/dev", NULL);
	if (!device_find(collection->devices, number) &&
	    file_read_number("/sys/block/", name, "/size", NULL) &&
	    lies_here(collection->hold, name))
		device_extend(number, collection->devices);
	return 0;
}

bool collect_systems(struct hold *hold, struct devices *devices)
{
	struct collection collection = {.hold = hold, .devices = devices};
	size_t before;

	/* Until nothing more is found. */
	do {
		before = devices->count;
		mount_each(note_mount, &collection);
		(void)file_list("/sys/block", look_at_loop, &collection);
	} while (devices->count != before);
	return !collection.full;
}

bool collect_bystanders(struct hold *hold, struct devices *devices)
{
	struct collection collection = {
		.hold = hold, .devices = devices, .bystanders = true};

	mount_each(note_mount, &collection);
	return !collection.full;
}
