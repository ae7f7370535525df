/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A TCP connection with a deadline, and an end when the other machine is gone.
 * Source: tcp(7), getaddrinfo(3).
 */
#include "net/tcp.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"

#define POLL_MS	   100
#define UNACKED_MS 60000U /* data that nobody acknowledges: lost */

static void set(int fd, int level, int option, int value)
{
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

static void keep_alive(int fd)
{
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 10);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)UNACKED_MS);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

/* 0 or what went wrong; ECANCELED: by order. */
static int wait_connected(int fd, double end, const _Atomic bool *stop)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
	int code = 0;
	socklen_t length = sizeof(code);

	while (poll(&poll_fd, 1, POLL_MS) <= 0) {
		if (stop && atomic_load(stop))
			return ECANCELED;
		if (io_seconds() > end)
			return ETIMEDOUT;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) < 0)
		return errno;
	return code;
}

static int try_address(const struct addrinfo *address, double end,
		       const _Atomic bool *stop, int *ret_fd)
{
	int fd = socket(address->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int code = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
		code = errno == EINPROGRESS ? wait_connected(fd, end, stop)
					    : errno;
	if (code) {
		(void)close(fd);
		return code;
	}
	keep_alive(fd);
	*ret_fd = fd;
	return 0;
}

int tcp_open(const struct tcp_place *place, double end,
	     const _Atomic bool *stop, int *ret_fd, struct error **err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *all = NULL;
	int code = getaddrinfo(place->host, place->port, &hints, &all);

	/* A machine whose only interface is the loopback has no family. */
	if (code) {
		hints.ai_flags = 0;
		code = getaddrinfo(place->host, place->port, &hints, &all);
	}
	if (code)
		return error_set(err, ERROR_NETWORK, 0, "'%s': %s", place->host,
				 gai_strerror(code));
	code = ENOENT;
	for (const struct addrinfo *at = all; at; at = at->ai_next) {
		code = try_address(at, end, stop, ret_fd);
		if (code == 0 || code == ECANCELED)
			break;
	}
	freeaddrinfo(all);
	if (code == ECANCELED)
		return error_set(err, ERROR_ABORTED, code, "connecting to %s",
				 place->host);
	if (code)
		return error_set(err, ERROR_NETWORK, code,
				 "connecting to %s port %s", place->host,
				 place->port);
	return 0;
}

double tcp_round_trip(int fd)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		return 0;
	return info.tcpi_rtt / 1e6;
}
