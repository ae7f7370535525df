/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines to every console.  It waits for none of them: a serial port whose
 * reader is gone must not stop a migration.
 */
#include "run/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/io.h"

#define CONSOLES_MAX 8
#define STUCK_MS     2000

#define PATH_ROOM 64

struct line {
	int fd;
	char path[PATH_ROOM]; /* "" for standard output */
};

struct console {
	pthread_mutex_t lock;
	struct line line[CONSOLES_MAX]; /* the last one is the main one */
	size_t count;
};

/* systemd and the kernel leave the line discipline as it is; lines need CR. */
static void prepare(int fd)
{
	struct termios line;

	if (tcgetattr(fd, &line) < 0)
		return;
	line.c_oflag |= OPOST | ONLCR;
	(void)tcsetattr(fd, TCSANOW, &line);
}

static int open_line(const char *path)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		prepare(fd);
	return fd;
}

static void add(struct console *console, const char *name)
{
	struct line *line = &console->line[console->count];

	(void)snprintf(line->path, sizeof(line->path), "/dev/%s", name);
	line->fd = open_line(line->path);
	if (line->fd >= 0)
		console->count++;
}

struct console *console_open(bool machine)
{
	struct console *console = calloc(1, sizeof(*console));
	char *active = NULL;
	char *save = NULL;

	if (!console)
		return NULL;
	(void)pthread_mutex_init(&console->lock, NULL);
	if (!machine) {
		console->line[console->count++].fd =
			fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		return console;
	}
	active = io_read_line("/sys/class/tty/console/active");
	for (char *name = active ? strtok_r(active, " ", &save) : NULL;
	     name && console->count < CONSOLES_MAX;
	     name = strtok_r(NULL, " ", &save))
		add(console, name);
	free(active);
	return console;
}

void console_close(struct console *console)
{
	if (!console)
		return;
	for (size_t i = 0; i < console->count; i++)
		(void)close(console->line[i].fd);
	(void)pthread_mutex_destroy(&console->lock);
	free(console);
}

/* When a shell that had this terminal ends, the kernel hangs the terminal up
 * for everybody who has it open (tty_vhangup_session()). */
static bool open_again(struct line *line)
{
	int fd = *line->path ? open_line(line->path) : -1;

	if (fd < 0)
		return false;
	(void)close(line->fd);
	line->fd = fd;
	return true;
}

static void write_one(struct line *line, const char *text)
{
	size_t left = strlen(text);
	bool again = false;

	while (left) {
		struct pollfd ready = {.fd = line->fd, .events = POLLOUT};
		ssize_t n = write(line->fd, text, left);

		if (n > 0) {
			text += n;
			left -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EIO && !again && open_again(line)) {
			again = true;
			continue;
		}
		if (n < 0 && errno != EAGAIN)
			return;
		if (poll(&ready, 1, STUCK_MS) <= 0)
			return;
	}
}

void console_write(struct console *console, const char *text)
{
	if (!console)
		return;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; i < console->count; i++)
		write_one(&console->line[i], text);
	(void)pthread_mutex_unlock(&console->lock);
}

const char *console_main(const struct console *console)
{
	const struct line *line = NULL;

	if (console && console->count)
		line = &console->line[console->count - 1];
	return line && *line->path ? line->path : "/dev/console";
}

const char *console_terminal(const struct console *console, size_t index)
{
	if (!console || index >= console->count)
		return NULL;
	return *console->line[index].path ? console->line[index].path
					  : "/dev/tty";
}
