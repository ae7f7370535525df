/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The socket that orders come in by, both ends: one line there, lines back
 * until the end. It knows no order, and a client can't make it wait.
 */
#include "run/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

#define CLIENT_S 2.0
#define ANSWER_S 10.0

static int make_address(const char *path, struct sockaddr_un *ret,
			struct error **err)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(ret->sun_path))
		return error_set(err, ERROR_CONFIG, ENAMETOOLONG, "%s", path);
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return 0;
}

/* Somebody who was killed left it there. */
static bool is_deserted(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool deserted;
	struct stat st;

	if (fd < 0 || lstat(address->sun_path, &st) < 0 ||
	    !S_ISSOCK(st.st_mode)) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	deserted = connect(fd, (const struct sockaddr *)address,
			   sizeof(*address)) < 0 &&
		   errno == ECONNREFUSED;
	(void)close(fd);
	return deserted;
}

int control_socket_open(const char *path, int *ret_fd, struct error **err)
{
	struct sockaddr_un address;
	int r = make_address(path, &address, err);
	int fd;

	if (r < 0)
		return r;
	(void)io_make_parents(path, NULL);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_set(err, ERROR_INTERNAL, errno, "socket");
	if (is_deserted(&address))
		(void)unlink(path);
	/* The mode of the socket becomes that of its name: at no time may
	 * others connect. */
	if (fchmod(fd, 0600) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 8) < 0) {
		r = error_set(err, ERROR_INTERNAL, errno, "%s", path);
		(void)close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

static bool wait_for(int fd, short events, double end)
{
	struct pollfd ready = {.fd = fd, .events = events};
	double left = end - io_seconds();

	return left > 0 && poll(&ready, 1, (int)(left * 1000) + 1) > 0;
}

/* Up to the newline, which becomes the end of the text. */
static bool read_line(int fd, char *buf, size_t room, double end)
{
	size_t used = 0;

	while (used < room && wait_for(fd, POLLIN, end)) {
		ssize_t n = read(fd, buf + used, room - used);
		char *newline;

		if (n <= 0)
			return false;
		newline = memchr(buf + used, '\n', (size_t)n);
		if (newline) {
			*newline = '\0';
			return true;
		}
		used += (size_t)n;
	}
	return false;
}

/* All of it, which ends with a newline. */
static bool read_answer(int fd, char *buf, size_t room, double end)
{
	size_t used = 0;

	while (used < room && wait_for(fd, POLLIN, end)) {
		ssize_t n = read(fd, buf + used, room - used);

		if (n < 0 || (n == 0 && (!used || buf[used - 1] != '\n')))
			return false;
		if (n == 0) {
			buf[used - 1] = '\0';
			return true;
		}
		used += (size_t)n;
	}
	return false;
}

static bool write_line(int fd, const char *text, double end)
{
	size_t left = strlen(text);

	while (left && wait_for(fd, POLLOUT, end)) {
		ssize_t n = send(fd, text, left, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		text += n;
		left -= (size_t)n;
	}
	return !left;
}

void control_socket_serve(int listener, control_socket_answer *answer,
			  void *owner)
{
	char order[CONTROL_SOCKET_ORDER];
	char words[CONTROL_SOCKET_ANSWER] = "";
	char line[CONTROL_SOCKET_ANSWER + 16];
	double end = io_seconds() + CLIENT_S;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int status;

	if (fd < 0)
		return;
	if (read_line(fd, order, sizeof(order), end)) {
		status = answer(owner, order, words);
		(void)snprintf(line, sizeof(line), "%d %s\n", status, words);
		(void)write_line(fd, line, end);
	}
	(void)close(fd);
}

int control_socket_ask(const char *path, const char *order, char *buf,
		       size_t room, struct error **err)
{
	struct sockaddr_un address;
	double end = io_seconds() + ANSWER_S;
	char line[CONTROL_SOCKET_ORDER];
	int r = make_address(path, &address, err);
	int fd;

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set(err, ERROR_INTERNAL, errno, "socket");
	(void)snprintf(line, sizeof(line), "%s\n", order);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		r = error_set(err, ERROR_REFUSED, errno,
			      "no lander listens here: %s", path);
	else if (!write_line(fd, line, end) || !read_answer(fd, buf, room, end))
		r = error_set(err, ERROR_REFUSED, 0,
			      "lander did not answer at %s", path);
	(void)close(fd);
	return r;
}
