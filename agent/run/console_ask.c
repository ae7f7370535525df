/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A secret that a person types.  It is read from every console at once, because
 * nobody knows which one is looked at, is not echoed, and goes from the
 * terminal into locked memory.  It waits for nobody for ever.
 */
#include "run/console_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "net/locked.h"
#include "run/console.h"

#define ROOM	      1024U
#define POLL_MS	      100
#define TERMINALS_MAX 8

struct console_asking {
	size_t count;
	struct pollfd fd[TERMINALS_MAX]; /* fd -1: of no more use */
	struct termios before[TERMINALS_MAX];
};

/* Whole lines, which the terminal itself lets one correct, and no echo. */
static void add(struct console_asking *all, const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios line;

	if (fd < 0)
		return;
	if (tcgetattr(fd, &line) < 0) {
		(void)close(fd);
		return;
	}
	all->before[all->count] = line;
	line.c_iflag |= ICRNL;
	line.c_iflag &= ~(tcflag_t)(IGNCR | INLCR);
	line.c_lflag |= ICANON;
	line.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	(void)tcsetattr(fd, TCSAFLUSH, &line);
	all->fd[all->count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

/* The line's end was not echoed either. */
static void end(struct console_asking *all)
{
	for (size_t i = 0; i < all->count; i++) {
		int fd = all->fd[i].fd;

		if (fd < 0)
			continue;
		(void)tcsetattr(fd, TCSAFLUSH, &all->before[i]);
		if (write(fd, "\n", 1) < 0)
			errno = 0;
		(void)close(fd);
	}
}

static void drop(struct pollfd *fd)
{
	(void)close(fd->fd);
	fd->fd = -1;
}

/* Whether there is a line now.  An empty one is somebody who wakes a screen. */
static bool read_line(struct pollfd *fd, struct locked *line)
{
	ssize_t n;

	if (fd->fd < 0 || !fd->revents)
		return false;
	n = read(fd->fd, line->at, ROOM - 1);
	if (n <= 0) {
		if ((fd->revents & (POLLHUP | POLLERR | POLLNVAL)) ||
		    (n < 0 && errno != EAGAIN && errno != EINTR))
			drop(fd);
		return false;
	}
	while (n > 0 && (line->at[n - 1] == '\n' || line->at[n - 1] == '\r'))
		n--;
	line->at[n] = '\0';
	line->length = (size_t)n;
	return strlen(line->at) > 0;
}

static bool is_alive(const struct console_asking *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->fd[i].fd >= 0)
			return true;
	return false;
}

static int wait_for_line(struct console_asking *all, double until,
			 const _Atomic bool *stop, struct locked *line,
			 struct error **err)
{
	for (;;) {
		if (stop && atomic_load(stop))
			return error_set(err, ERROR_ABORTED, 0,
					 "stopped by order");
		if (!is_alive(all))
			return error_set(err, ERROR_CONFIG, 0,
					 "nobody can type anything here");
		if (io_seconds() > until)
			return error_set(err, ERROR_CONFIG, 0,
					 "nobody typed anything in that time");
		if (poll(all->fd, all->count, POLL_MS) <= 0)
			continue;
		for (size_t i = 0; i < all->count; i++)
			if (read_line(&all->fd[i], line))
				return 0;
	}
}

struct console_asking *console_ask_begin(const struct console *console)
{
	struct console_asking *asking = calloc(1, sizeof(*asking));
	const char *path;

	for (size_t i = 0; asking && i < TERMINALS_MAX &&
			   (path = console_terminal(console, i));
	     i++)
		add(asking, path);
	if (asking && asking->count)
		return asking;
	free(asking);
	return NULL;
}

int console_ask_end(struct console_asking *asking, unsigned int seconds,
		    const _Atomic bool *stop, struct locked *ret,
		    struct error **err)
{
	double until = io_seconds() + seconds;
	int r = locked_begin(ROOM, ret, err);

	if (r == 0)
		r = wait_for_line(asking, until, stop, ret, err);
	end(asking);
	free(asking);
	if (r < 0)
		locked_done(ret);
	return r;
}

bool console_ask_possible(const struct console *console)
{
	const char *path;

	for (size_t i = 0; (path = console_terminal(console, i)); i++) {
		int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		bool terminal = fd >= 0 && isatty(fd);

		if (fd >= 0)
			(void)close(fd);
		if (terminal)
			return true;
	}
	return false;
}
