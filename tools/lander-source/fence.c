/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes this machine out of service, so that it and its copy never both serve.
 * It writes nothing.
 * Sources: reboot(2), netdevice(7).
 */
#include "lander-source/fence.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <linux/if.h>
#include <stdbool.h>

#include "lander-source/file.h"
#include "lander-source/system_control.h"
#include "lander-source/text.h"

#define AWAY_MS	  1000
#define TURN_MS	  500
#define TURNS	  120
#define POWER_OFF 0x4321fedcU /* LINUX_REBOOT_CMD_POWER_OFF */

struct links {
	int fd;
	bool up; /* one stays up */
};

static int set_down(void *owner, const char *name)
{
	struct links *links = owner;
	struct ifreq request = {0};
	struct text text;

	if (text_equal(name, "lo"))
		return 0;
	text_begin(&text, request.ifr_name, sizeof(request.ifr_name));
	text_add(&text, name);
	/* Not all that is listed there is a link. */
	if (system_ioctl(links->fd, SIOCGIFFLAGS, &request) < 0 ||
	    !(request.ifr_flags & IFF_UP))
		return 0;
	request.ifr_flags = (short)(request.ifr_flags & ~IFF_UP);
	if (system_ioctl(links->fd, SIOCSIFFLAGS, &request) < 0)
		links->up = true;
	return 0;
}

static long set_all_down(void)
{
	struct links links = {
		.fd = (int)system_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC)};
	long r = links.fd;

	if (r >= 0) {
		r = file_list("/sys/class/net", set_down, &links);
		(void)system_close(links.fd);
	}
	return r < 0 ? r : links.up ? -EIO : 0;
}

long fence_run(enum wire_fence kind)
{
	system_sleep(AWAY_MS);
	if (kind == WIRE_FENCE_NIC)
		return set_all_down();
	return system_reboot(POWER_OFF);
}

void fence_stay(void)
{
	for (unsigned int turn = 0; turn < TURNS; turn++) {
		system_sleep(TURN_MS);
		(void)set_all_down();
	}
}
