/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What device-mapper has mapped, asked of the kernel itself.  It changes
 * nothing.
 * Sources: linux/dm-ioctl.h; the kernel's admin guide on device-mapper, linear.
 */
#include "lander-source/mapper.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>

#include "lander-source/device.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SECTOR 512U
#define ROOM   (128U << 10)

static union {
	struct dm_ioctl head;
	char bytes[ROOM];
} room;

static long ask(const char *name, unsigned long request, uint32_t flags)
{
	struct text text;
	long fd = system_open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	long r;

	if (fd < 0)
		return fd;
	memset(&room.head, 0, sizeof(room.head));
	room.head.version[0] = DM_VERSION_MAJOR;
	room.head.data_size = sizeof(room);
	room.head.data_start = sizeof(room.head);
	room.head.flags = flags;
	text_begin(&text, room.head.name, sizeof(room.head.name));
	text_add(&text, name);
	r = text.full ? -ENXIO : system_ioctl((int)fd, request, &room);
	(void)system_close((int)fd);
	if (r >= 0 && room.head.flags & DM_BUFFER_FULL_FLAG)
		return -EMSGSIZE;
	return r < 0 ? r : 0;
}

static long tell(const char *name, uint32_t flags,
		 void (*each)(void *owner, const struct mapper_target *target),
		 void *owner)
{
	long r = ask(name, DM_TABLE_STATUS, flags);
	uint32_t base = room.head.data_start;
	uint32_t at = 0;

	for (uint32_t i = 0; r == 0 && i < room.head.target_count; i++) {
		struct dm_target_spec spec;
		struct mapper_target target;

		/* The last byte is never text's, and stays a zero. */
		if (base > ROOM || at > ROOM - base ||
		    ROOM - base - at <= sizeof(spec))
			return -EMSGSIZE;
		room.bytes[ROOM - 1] = '\0';
		memcpy(&spec, room.bytes + base + at, sizeof(spec));
		spec.target_type[sizeof(spec.target_type) - 1] = '\0';
		target.begin = spec.sector_start * SECTOR;
		target.length = spec.length * SECTOR;
		target.kind = spec.target_type;
		target.words = room.bytes + base + at + sizeof(spec);
		each(owner, &target);
		at = spec.next;
	}
	return r;
}

long mapper_table(const char *name,
		  void (*each)(void *owner, const struct mapper_target *target),
		  void *owner)
{
	return tell(name, DM_STATUS_TABLE_FLAG, each, owner);
}

long mapper_state(const char *name,
		  void (*each)(void *owner, const struct mapper_target *target),
		  void *owner)
{
	return tell(name, DM_NOFLUSH_FLAG, each, owner);
}

bool mapper_number(const char *name, char ret[24])
{
	struct stat st = {0};

	if (ask(name, DM_DEV_STATUS, 0) < 0)
		return false;
	st.st_rdev = room.head.dev;
	device_number(&st, ret);
	return true;
}

bool mapper_linear(const char *words, char ret_number[24], uint64_t *ret_offset)
{
	uint64_t major;
	uint64_t minor;
	struct text text;
	const char *at = text_number(words, &major);

	at = at && *at == ':' ? text_number(at + 1, &minor) : NULL;
	at = at && *at == ' ' ? text_number(at + 1, ret_offset) : NULL;
	if (!at || *at || *ret_offset > UINT64_MAX / SECTOR)
		return false;
	*ret_offset *= SECTOR;
	text_begin(&text, ret_number, 24);
	text_add_number(&text, major);
	text_add(&text, ":");
	text_add_number(&text, minor);
	return true;
}
