/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines to every console, and what is typed there while somebody listens.  It
 * waits for none of them: a serial port whose reader is gone must not stop a
 * migration.
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

#define PATH_ROOM  64
#define TYPED_ROOM 64

struct line {
	int fd;
	int in;	      /* where it is read, -1 where it is not */
	bool deaf;    /* nothing comes from it until it is opened again */
	bool lent;    /* to a screen of its own */
	bool knocked; /* Enter, and nothing before it */
	char path[PATH_ROOM]; /* "" for standard output */
	char typed[TYPED_ROOM];
	size_t length; /* of what was typed, without an end yet */
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

/* A person types lines, whatever a program left there. */
static void prepare_input(int fd)
{
	struct termios line;

	if (tcgetattr(fd, &line) < 0)
		return;
	line.c_iflag |= ICRNL;
	line.c_lflag |= ICANON | ECHO;
	(void)tcsetattr(fd, TCSANOW, &line);
	(void)tcflush(fd, TCIFLUSH);
}

/* Sets where it is read, too, if it can be. */
static int open_line(const char *path, int *ret_in)
{
	int flags = O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	int fd = open(path, O_RDWR | flags);

	*ret_in = fd;
	if (fd < 0)
		fd = open(path, O_WRONLY | flags);
	if (fd >= 0)
		prepare(fd);
	return fd;
}

static void add(struct console *console, const char *name)
{
	struct line *line = &console->line[console->count];

	(void)snprintf(line->path, sizeof(line->path), "/dev/%s", name);
	line->fd = open_line(line->path, &line->in);
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
		console->line[0].fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		console->line[0].in = isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
		console->count = 1;
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
	int in = -1;
	int fd = *line->path ? open_line(line->path, &in) : -1;

	if (fd < 0)
		return false;
	(void)close(line->fd);
	line->fd = fd;
	line->in = in;
	line->deaf = false;
	line->length = 0;
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
		if (!console->line[i].lent)
			write_one(&console->line[i], text);
	(void)pthread_mutex_unlock(&console->lock);
}

void console_listen(struct console *console)
{
	if (!console)
		return;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; i < console->count; i++) {
		struct line *line = &console->line[i];

		line->length = 0;
		line->deaf = false;
		line->knocked = false;
		if (line->in >= 0 && !line->lent)
			prepare_input(line->in);
	}
	(void)pthread_mutex_unlock(&console->lock);
}

static bool is_heard(const struct line *line)
{
	return line->in >= 0 && !line->deaf && !line->lent;
}

size_t console_want(struct console *console, struct pollfd *fds, size_t room)
{
	size_t count = 0;

	if (!console)
		return 0;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; i < console->count && count < room; i++)
		if (is_heard(&console->line[i]))
			fds[count++] = (struct pollfd){
				.fd = console->line[i].in, .events = POLLIN};
	(void)pthread_mutex_unlock(&console->lock);
	return count;
}

/* Takes in what was typed up to the end of a line; false when there is none
 * yet. */
static bool reach_end(struct line *line)
{
	for (;;) {
		char byte;
		ssize_t n = io_read_ready(line->in, &byte, 1);

		if (n == -EINTR || n == -EAGAIN)
			return false;
		if (n <= 0) {
			line->deaf = true;
			return false;
		}
		if (byte == '\n' || byte == '\r')
			return true;
		/* One that is too long to be an order is none. */
		if (line->length < TYPED_ROOM)
			line->typed[line->length++] = byte;
	}
}

/* Without the blanks around it. */
static bool take_line(struct line *line, char *buf, size_t room)
{
	size_t from = 0;

	if (!reach_end(line))
		return false;
	while (from < line->length && line->typed[from] == ' ')
		from++;
	while (line->length > from && line->typed[line->length - 1] == ' ')
		line->length--;
	(void)snprintf(buf, room, "%.*s", (int)(line->length - from),
		       line->typed + from);
	line->knocked |= !line->length;
	line->length = 0;
	return *buf;
}

bool console_take(struct console *console, char *buf, size_t room)
{
	bool taken = false;

	if (!console)
		return false;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; !taken && i < console->count; i++)
		if (is_heard(&console->line[i]))
			taken = take_line(&console->line[i], buf, room);
	(void)pthread_mutex_unlock(&console->lock);
	return taken;
}

const char *console_knocked(struct console *console)
{
	const char *path = NULL;

	if (!console)
		return NULL;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; !path && i < console->count; i++) {
		if (console->line[i].knocked)
			path = console_terminal(console, i);
		console->line[i].knocked = false;
	}
	(void)pthread_mutex_unlock(&console->lock);
	return path;
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

void console_lend(struct console *console, const char *terminal, bool lent)
{
	const char *path;

	if (!console)
		return;
	(void)pthread_mutex_lock(&console->lock);
	for (size_t i = 0; (path = console_terminal(console, i)); i++)
		if (!strcmp(path, terminal))
			console->line[i].lent = lent;
	(void)pthread_mutex_unlock(&console->lock);
}
