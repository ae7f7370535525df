/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine without a job waits, and whoever sits at one of its consoles may
 * set one up.  Nothing is drawn before a key was pressed: consoles are also
 * logs.
 */
#include "run/wizard_door.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"
#include "run/console.h"
#include "run/control.h"
#include "run/report.h"

#define TERMINALS   8U
#define HEARTBEAT_S 60.0
#define LOOK_S	    0.5
#define LINE_ROOM   64

struct door {
	const char *path;
	int fd; /* -1: of no more use */
};

static void open_doors(const struct console *console,
		       struct door door[TERMINALS])
{
	const char *path = NULL;

	for (size_t i = 0; i < TERMINALS; i++) {
		struct termios line;

		if (i == 0 || path)
			path = console_terminal(console, i);
		door[i] = (struct door){path, -1};
		if (!path)
			continue;
		door[i].fd =
			open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (door[i].fd < 0 || tcgetattr(door[i].fd, &line) < 0)
			continue;
		line.c_iflag |= ICRNL;
		line.c_lflag |= ICANON | ECHO;
		(void)tcsetattr(door[i].fd, TCSAFLUSH, &line);
	}
}

static void close_doors(struct door door[TERMINALS])
{
	for (size_t i = 0; i < TERMINALS; i++)
		if (door[i].fd >= 0)
			(void)close(door[i].fd);
}

/* 1: Enter; 2: "retry". */
static int read_door(struct door *door)
{
	struct pollfd ready = {.fd = door->fd, .events = POLLIN};
	char line[LINE_ROOM];
	ssize_t n;

	if (door->fd < 0 || poll(&ready, 1, 0) <= 0)
		return 0;
	n = read(door->fd, line, sizeof(line) - 1);
	if (n <= 0) {
		(void)close(door->fd);
		door->fd = -1;
		return 0;
	}
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (!strcmp(line, "retry"))
		return 2;
	return *line ? 0 : 1;
}

static void say(struct report *report)
{
	report_say(report, "this machine waits for a job: press Enter on this "
			   "console to set one up here, or type 'retry' to "
			   "look for one again");
}

const char *wizard_door_wait(struct report *report, struct control *orders,
			     const _Atomic bool *stop)
{
	struct door door[TERMINALS];
	double said = io_seconds();
	const char *path = NULL;
	bool over = false;

	open_doors(report_lines(report), door);
	say(report);
	report_state(report, "waiting");
	while (!path && !over) {
		over = control_wait_again(orders, LOOK_S) || atomic_load(stop);
		for (size_t i = 0; !path && !over && i < TERMINALS; i++) {
			int what = read_door(&door[i]);

			over = what == 2;
			path = what == 1 ? door[i].path : NULL;
		}
		if (io_seconds() - said < HEARTBEAT_S)
			continue;
		said = io_seconds();
		say(report);
	}
	close_doors(door);
	control_phase(orders, CONTROL_IDLE);
	if (!path && !atomic_load(stop))
		report_say(report, "looking for a job again");
	return path;
}
