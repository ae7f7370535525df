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

struct console {
	pthread_mutex_t lock;
	int fd[CONSOLES_MAX];
	size_t count;
	char *main;
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

static void add(struct console *console, const char *name)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	prepare(fd);
	console->fd[console->count++] = fd;
	free(console->main);
	console->main = strdup(path);
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
		console->fd[console->count++] =
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
		(void)close(console->fd[i]);
	(void)pthread_mutex_destroy(&console->lock);
	free(console->main);
	free(console);
}

static void write_one(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		ssize_t n = write(fd, text, left);

		if (n > 0) {
			text += n;
			left -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
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
		write_one(console->fd[i], text);
	(void)pthread_mutex_unlock(&console->lock);
}

const char *console_main(const struct console *console)
{
	return console && console->main ? console->main : "/dev/console";
}
