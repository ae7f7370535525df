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

#include "lander-source/btrfs.h"
#include "lander-source/file.h"
#include "lander-source/mount.h"
#include "lander-source/space.h"
#include "lander-source/swap.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SYS "/sys/dev/block/"

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

void device_name(const char *number, char *ret, size_t room)
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
	ret->count = 0;
	ret->full = false;
	device_extend(number, ret);
}

void device_extend(const char *number, struct devices *ret)
{
	char name[64];
	size_t first = ret->count;

	device_name(number, name, sizeof(name));
	(void)add(ret, name, number);
	/* What is found is looked at, too, as the list grows. */
	for (size_t i = first; i < ret->count; i++) {
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

struct device *device_find(struct devices *all, const char *number)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_equal(all->device[i].number, number))
			return &all->device[i];
	return NULL;
}

struct device *device_find_node(struct devices *all, const char *path)
{
	struct stat st = {0};
	char number[24];

	if (system_stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return NULL;
	device_number(&st, number);
	return device_find(all, number);
}

/* btrfs shows a number of its own. */
struct device *device_find_mount(struct devices *all, const struct mount *mount)
{
	struct device *device = device_find(all, mount->number);

	if (device || !text_begins(mount->number, "0:") ||
	    mount->node[0] != '/')
		return device;
	if (text_equal(mount->type, "btrfs"))
		device = btrfs_find(all, mount->node);
	return device ? device : device_find_node(all, mount->node);
}

struct use {
	const char *what; /* "mount", "swap", "unseen" */
	const char *device;
	const char *process; /* of another mount namespace, or NULL */
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
			space_tell(to, use->process, use->place, use->number);
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
			     "here (a virtual machine, ZFS, a cluster)");
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
	if (use->process) {
		text_add(to, " in the mount namespace of process ");
		text_add(to, use->process);
	}
}

struct telling {
	struct devices *all;
	bool json;
	struct text *to;
	unsigned int writers;
};

static void tell_mount(void *owner, const struct mount *mount)
{
	struct telling *telling = owner;
	struct device *device = device_find_mount(telling->all, mount);
	bool ours = text_equal(mount->process, "self");
	struct use use = {.what = "mount",
			  .process = ours ? NULL : mount->process,
			  .place = mount->place,
			  .type = mount->type};

	/* Other namespaces show most of ours once more. */
	if (!device || (device->used && !ours))
		return;
	device->used = true;
	use.device = device->label;
	use.number = mount->number;
	/* Of the file system; a mount of it may be read-only alone. */
	use.write = !mount_has(mount->super, "ro");
	telling->writers += use.write;
	tell(telling->to, telling->json, &use);
}

static void tell_swap(void *owner, const struct swap *swap)
{
	struct telling *telling = owner;
	struct device *device = device_find_node(telling->all, swap->path);

	if (!device)
		return;
	device->used = true;
	telling->writers++;
	tell(telling->to, telling->json,
	     &(struct use){.what = "swap",
			   .device = device->label,
			   .type = "swap",
			   .write = true});
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

/* Who uses a whole disk keeps its partitions from all others. */
bool device_is_unseen(const struct devices *all, const struct device *device)
{
	return device->leaf && !device->used &&
	       !all->device[device->whole].used && is_held(device->name);
}

unsigned int device_users(struct devices *devices, bool json, struct text *to)
{
	struct telling telling = {devices, json, to, 0};

	mount_each(tell_mount, &telling);
	swap_each(tell_swap, &telling);
	for (size_t i = 0; i < devices->count; i++) {
		if (!device_is_unseen(devices, &devices->device[i]))
			continue;
		telling.writers++;
		tell(to, json,
		     &(struct use){.what = "unseen",
				   .device = devices->device[i].label,
				   .write = true});
	}
	return telling.writers + devices->full;
}
