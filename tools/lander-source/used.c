/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which parts of a disk its mounted file systems call free, asked of the file
 * systems themselves.  Everything else is used: what is not mounted, not
 * understood, on a volume, or of a kind whose answer can't be trusted.  It
 * writes nothing and asks nobody to.
 * Sources: ioctl_getfsmap(2); linux/fsmap.h; the kernel's ext4 and xfs.
 */
#include "lander-source/used.h"

#include <errno.h>
#include <string.h>

#include "lander-source/collect.h"
#include "lander-source/device.h"
#include "lander-source/disk.h"
#include "lander-source/file.h"
#include "lander-source/mount.h"
#include "lander-source/order.h"
#include "lander-source/reply.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "lander-source/vacant.h"
#include "source/wire.h"

#define SYSTEMS	     64
#define NAME_ROOM    300
#define SECTOR	     512ULL
#define FRAME_RANGES 4096U

/** A file system that may be asked. */
struct system {
	char name[NAME_ROOM]; /* "/srv (ext4 on sda1)" */
	uint64_t start;	      /* of its partition, bytes */
	uint64_t size;	      /* likewise */
	int fd;
};

static struct devices devices;
static struct system systems[SYSTEMS];
static size_t count;
static struct vacant vacant;
static char words[WIRE_TEXT_MAX];

/* --- which file systems ------------------------------------------------ */

static void tell_not(struct text *to, const char *name, const char *why)
{
	text_add(to, "-");
	text_add(to, name);
	text_add(to, ": ");
	text_add(to, why);
	text_add(to, "\n");
}

static void name_mount(const struct mount *mount, const struct device *device,
		       char *ret, size_t room)
{
	struct text text;

	text_begin(&text, ret, room);
	text_add(&text, mount->place);
	text_add(&text, " (");
	text_add(&text, mount->type);
	text_add(&text, " on ");
	text_add(&text, device->label);
	text_add(&text, ")");
	/* It is a line of the answer. */
	for (char *at = ret; *at; at++)
		if (*at == '\n')
			*at = '?';
}

/* XFS before 5.13 waits for a frozen file system's thaw (read, not run): what
 * can't be asked at the end must not be skipped at the beginning.  A release
 * to spare. */
static bool answers_frozen(void)
{
	char line[128];
	uint64_t major = 0;
	uint64_t minor = 0;
	const char *at =
		text_number(file_read_line(line, sizeof(line),
					   "/proc/sys/kernel/osrelease", NULL),
			    &major);

	if (at && *at == '.')
		(void)text_number(at + 1, &minor);
	return major > 5 || (major == 5 && minor >= 14);
}

/* What must not be asked, or not be believed; NULL: it may be. */
static const char *distrust(const struct mount *mount,
			    const struct device *device)
{
	bool ext4 = text_equal(mount->type, "ext4");

	if (!ext4 && !text_equal(mount->type, "xfs"))
		return "only ext4 and XFS are asked what is free";
	if (device->whole != 0)
		return "it lies on a volume or an array, not directly on the "
		       "disk";
	if (mount_has(mount->super, "norecovery") ||
	    mount_has(mount->super, "noload"))
		return "it was mounted without its journal";
	if (ext4 && file_read_number("/sys/fs/ext4/", device->name,
				     "/errors_count", NULL))
		return "it has noted errors: e2fsck should see it";
	if (!ext4 && !answers_frozen())
		return "XFS can be asked while it is frozen since Linux 5.14 "
		       "only";
	return NULL;
}

/* Where one line for each of them is enough; the best of its mounts counts. */
static void note_mount(void *owner, const struct mount *mount)
{
	struct text *to = owner;
	struct device *device = device_find_mount(&devices, mount);
	struct system *system = &systems[count];
	const char *why;
	long fd;

	if (!device || device->used)
		return;
	name_mount(mount, device, system->name, sizeof(system->name));
	why = distrust(mount, device);
	if (!why && count + 1 == SYSTEMS)
		why = "there are too many of them";
	if (why) {
		device->used = true;
		tell_not(to, system->name, why);
		return;
	}
	fd = collect_open(mount);
	if (fd < 0)
		return;
	device->used = true;
	system->fd = (int)fd;
	system->start = 0;
	/* The disk itself may be a partition. */
	if (device != &devices.device[0])
		system->start = SECTOR * file_read_number("/sys/dev/block/",
							  device->number,
							  "/start", NULL);
	system->size = SECTOR * file_read_number("/sys/dev/block/",
						 device->number, "/size", NULL);
	count++;
}

static void note_hidden(void *owner, const struct mount *mount)
{
	struct text *to = owner;
	struct device *device = device_find_mount(&devices, mount);
	char name[NAME_ROOM];

	if (!device || device->used)
		return;
	device->used = true;
	name_mount(mount, device, name, sizeof(name));
	tell_not(to, name, "every mount of it is hidden by another one");
}

/* By their places: the answer is in the disk's order. */
static struct system *take_first(void)
{
	struct system *first = NULL;

	for (size_t i = 0; i < count; i++)
		if (systems[i].fd >= 0 &&
		    (!first || systems[i].start < first->start))
			first = &systems[i];
	return first;
}

/* --- the answer -------------------------------------------------------- */

static void ask_systems(struct text *to)
{
	struct system *system;

	while ((system = take_first())) {
		struct vacant_place place = {system->fd, system->start,
					     system->size};
		uint64_t free;
		const char *why = vacant_ask(&place, &vacant, &free);

		(void)system_close(system->fd);
		system->fd = -1;
		if (why) {
			tell_not(to, system->name, why);
			continue;
		}
		text_add(to, "+");
		text_add_number(to, free);
		text_add(to, "@");
		text_add_number(to, place.start);
		text_add(to, " ");
		text_add(to, system->name);
		text_add(to, "\n");
	}
}

static bool send(uint64_t tag, const struct text *to)
{
	static uint8_t
		payload[WIRE_USED_BYTES + WIRE_TEXT_MAX + FRAME_RANGES * 16];
	struct reply reply = {WIRE_ANSWER | WIRE_USED, 0, tag};
	uint8_t *at = payload;

	at = wire_put32(at, (uint32_t)to->length);
	at = wire_put32(at, 0);
	memcpy(at, to->at, to->length);
	at += to->length;
	for (size_t i = 0; i < vacant.count; i++) {
		if (i % FRAME_RANGES == 0 && i) {
			if (!reply_send(&reply, payload,
					(size_t)(at - payload)))
				return false;
			at = payload;
		}
		at = wire_put64(at, vacant.range[i][0]);
		at = wire_put64(at, vacant.range[i][1]);
	}
	reply.flags = WIRE_LAST;
	return reply_send(&reply, payload, (size_t)(at - payload));
}

bool used_answer(const struct order *order, const struct disk *disk)
{
	struct text text;

	text_begin(&text, words, sizeof(words));
	vacant_begin(&vacant, disk->about.size);
	count = 0;
	if (disk->number[0]) {
		device_collect(disk->number, &devices);
		mount_each(note_mount, &text);
		mount_each(note_hidden, &text);
		ask_systems(&text);
	}
	return send(order->header.tag, &text);
}
