/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sysrq-u, for the whole machine.  Its write returns at once, and the kernel
 * goes through all file systems later, once, so that both its end and that
 * nothing came behind it have to be looked for.
 * Sources: sysrq of the kernel's admin guide, proc_pid_mountinfo(5).
 */
#include "lander-source/force.h"

#include <errno.h>
#include <fcntl.h>

#include "lander-source/hold.h"
#include "lander-source/mount.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"

#define FORCE_MS 30000
#define END_MS	 120000
#define TURN_MS	 20
#define LOOK_MS	 1000
#define LOOKS	 10

struct look {
	const struct hold *hold;
	bool bystanders; /* count, too */
	bool writable;	 /* any of them */
	bool read_only[HOLD_SYSTEMS];
};

static void note(void *owner, const struct mount *mount)
{
	struct look *look = owner;

	for (size_t i = 0; i < look->hold->systems; i++) {
		const struct hold_system *system = &look->hold->system[i];

		if (!text_equal(system->number, mount->number))
			continue;
		look->read_only[i] = mount_has(mount->super, "ro");
		if (!look->read_only[i] &&
		    (look->bystanders || !system->bystander))
			look->writable = true;
	}
}

static bool wait_for(const struct hold *hold, bool bystanders, uint64_t limit)
{
	uint64_t end = system_milliseconds() + limit;

	for (;;) {
		struct look look = {.hold = hold, .bystanders = bystanders};

		mount_each(note, &look);
		if (!look.writable || system_milliseconds() >= end)
			return !look.writable;
		system_sleep(TURN_MS);
	}
}

long force_open(const struct hold *hold, struct text *why)
{
	long fd = -EPERM;

	if (hold->forceable)
		fd = system_open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		text_add(why, hold->forceable
				      ? "; and /proc/sysrq-trigger, that could "
					"force it, can't be written to"
				      : "; and forcing it could not be undone "
					"on all file systems of this machine");
	return fd;
}

int force_systems(struct hold *hold, int fd, struct text *why)
{
	hold->forced = true;
	(void)system_write(fd, "u", 1);
	(void)system_close(fd);
	if (wait_for(hold, false, FORCE_MS))
		return 0;
	text_add(why, "; and sysrq-u did not make it read-only within 30 "
		      "seconds");
	return EBUSY;
}

void force_wait(const struct hold *hold)
{
	(void)wait_for(hold, true, END_MS);
}

void force_look(const struct hold *hold, struct text *to)
{
	for (unsigned int turn = 0; turn <= LOOKS; turn++) {
		struct look look = {.hold = hold};
		bool any = false;

		system_sleep(LOOK_MS);
		mount_each(note, &look);
		for (size_t i = 0; i < hold->systems; i++) {
			if (!look.read_only[i])
				continue;
			any = true;
			if (turn < LOOKS)
				(void)hold_set_read_only(&hold->system[i],
							 false);
			else
				hold_tell(to, "not writable again: ",
					  &hold->system[i],
					  ": it became read-only again\n");
		}
		if (!any)
			return;
	}
}
