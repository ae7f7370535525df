/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The power button, which is how a person at a machine without a keyboard ends
 * something.  It only listens; what follows is somebody else's affair.
 */
#include "serve/power.h"

#include <sys/ioctl.h>

#include <fcntl.h>
#include <glob.h>
#include <linux/input.h>
#include <unistd.h>

#define BITS (sizeof(unsigned long) * 8)

static bool has_key(int fd)
{
	unsigned long keys[KEY_MAX / BITS + 1] = {0};

	return ioctl(fd, EVIOCGBIT(EV_KEY, sizeof(keys)), keys) >= 0 &&
	       (keys[KEY_POWER / BITS] >> (KEY_POWER % BITS) & 1);
}

void power_open(struct power *ret)
{
	glob_t found;

	*ret = (struct power){0};
	if (glob("/dev/input/event*", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc && ret->count < POWER_BUTTONS;
	     i++) {
		int fd = open(found.gl_pathv[i],
			      O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd < 0)
			continue;
		if (has_key(fd))
			ret->fd[ret->count++] = fd;
		else
			(void)close(fd);
	}
	globfree(&found);
}

bool power_pressed(struct power *power)
{
	struct input_event event;
	bool pressed = false;

	for (unsigned int i = 0; i < power->count; i++)
		while (read(power->fd[i], &event, sizeof(event)) ==
		       (ssize_t)sizeof(event))
			pressed = pressed ||
				  (event.type == EV_KEY &&
				   event.code == KEY_POWER && event.value == 1);
	return pressed;
}

void power_close(struct power *power)
{
	for (unsigned int i = 0; i < power->count; i++)
		(void)close(power->fd[i]);
	*power = (struct power){0};
}
