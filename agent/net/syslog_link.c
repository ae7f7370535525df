/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way to a syslog server: datagrams, a stream, or TLS.  Over UDP nobody
 * learns whether a line arrived; over a stream a line is lost when the server
 * ends the connection just then, as syslog has no answers.
 */
#include "net/syslog_link.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "net/tcp.h"
#include "net/tls.h"

#define CONNECT_S 5
#define STALL_S	  5 /* a server that takes nothing for so long hangs */

struct syslog_link {
	enum syslog_link_kind kind;
	int fd;
	struct tls *tls;
};

static const struct {
	const char *scheme;
	const char *port;
} kinds[] = {
	[SYSLOG_LINK_UDP] = {"udp://", "514"},
	[SYSLOG_LINK_TCP] = {"tcp://", "514"},
	[SYSLOG_LINK_TLS] = {"tls://", "6514"},
};

static int bad(const char *text, struct error **err)
{
	return error_set(err, ERROR_CONFIG, 0,
			 "'%s' is not udp://, tcp:// or tls:// and HOST or "
			 "HOST:PORT",
			 text);
}

/* [ADDRESS] of IPv6, or up to the colon; NULL: neither. */
static const char *take_host(const char *at, struct syslog_link_place *ret)
{
	bool six = *at == '[';
	size_t length = six ? strcspn(++at, "]") : strcspn(at, ":");
	const char *end = at + length;

	if (!length || length >= sizeof(ret->host) || (six && *end != ']') ||
	    strcspn(at, "/@?# ") < length)
		return NULL;
	memcpy(ret->host, at, length);
	ret->host[length] = '\0';
	return six ? end + 1 : end;
}

int syslog_link_parse(const char *text, struct syslog_link_place *ret,
		      struct error **err)
{
	const char *at = NULL;
	uint64_t port;

	*ret = (struct syslog_link_place){0};
	for (size_t i = 0; !at && i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t length = strlen(kinds[i].scheme);

		if (strncmp(text, kinds[i].scheme, length))
			continue;
		at = text + length;
		ret->kind = (enum syslog_link_kind)i;
	}
	at = at ? take_host(at, ret) : NULL;
	if (!at || (*at && *at != ':'))
		return bad(text, err);
	(void)snprintf(ret->port, sizeof(ret->port), "%s",
		       kinds[ret->kind].port);
	if (!*at)
		return 0;
	if (parse_number(at + 1, 1, 65535, &port, err) < 0)
		return -EINVAL;
	(void)snprintf(ret->port, sizeof(ret->port), "%u", (unsigned int)port);
	return 0;
}

static int open_datagrams(const struct syslog_link_place *place, int *ret_fd,
			  struct error **err)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM};
	struct addrinfo *all = NULL;
	int code = getaddrinfo(place->host, place->port, &hints, &all);
	int fd = -1;

	if (code)
		return error_set(err, ERROR_NETWORK, 0, "'%s': %s", place->host,
				 gai_strerror(code));
	code = ENOENT;
	for (const struct addrinfo *at = all; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family,
			    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0)
			break;
		code = errno;
		if (fd >= 0)
			(void)close(fd);
		fd = -1;
	}
	freeaddrinfo(all);
	if (fd < 0)
		return error_set(err, ERROR_NETWORK, code, "sending to %s",
				 place->host);
	*ret_fd = fd;
	return 0;
}

/* It blocks from now on, but not for ever. */
static void limit_stalls(int fd)
{
	const struct timeval limit = {.tv_sec = STALL_S};
	int flags = fcntl(fd, F_GETFL);

	(void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

int syslog_link_open(const struct syslog_link_place *place,
		     const struct http_trust *trust, const _Atomic bool *stop,
		     struct syslog_link **ret, struct error **err)
{
	const struct tcp_place there = {place->host, place->port};
	struct syslog_link *link = calloc(1, sizeof(*link));
	int r;

	if (!link)
		return error_memory(err);
	link->kind = place->kind;
	link->fd = -1;
	if (place->kind == SYSLOG_LINK_UDP)
		r = open_datagrams(place, &link->fd, err);
	else
		r = tcp_open(&there, io_seconds() + CONNECT_S, stop, &link->fd,
			     err);
	if (r == 0 && place->kind != SYSLOG_LINK_UDP)
		limit_stalls(link->fd);
	if (r == 0 && place->kind == SYSLOG_LINK_TLS)
		r = tls_open(link->fd, place->host, trust, &link->tls, err);
	if (r < 0)
		syslog_link_close(link);
	else
		*ret = link;
	return r;
}

/* A server says nothing on such a stream: what can be read is its end. */
static bool has_ended(struct syslog_link *link)
{
	char octet;
	ssize_t n;

	if (link->tls)
		return tls_ended(link->tls);
	n = recv(link->fd, &octet, 1, MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static int send_stream(struct syslog_link *link, const char *bytes,
		       size_t length, struct error **err)
{
	if (link->tls)
		return tls_write(link->tls, bytes, length, err);
	while (length) {
		ssize_t n = send(link->fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, ERROR_NETWORK, errno,
					 "sending a line");
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

/* What an earlier one met is no news of this one; that nobody is there, or that
 * it is too large, won't change for it. */
static int send_datagram(struct syslog_link *link, const char *message,
			 struct error **err)
{
	size_t length = strlen(message);

	for (int tries = 0; tries < 2; tries++)
		if (send(link->fd, message, length, MSG_NOSIGNAL) >= 0)
			return 0;
	if (errno == ECONNREFUSED || errno == EMSGSIZE)
		return 0;
	return error_set(err, ERROR_NETWORK, errno, "sending a line");
}

int syslog_link_send(struct syslog_link *link, const char *message,
		     struct error **err)
{
	char *frame = NULL;
	int length;
	int r;

	if (link->kind == SYSLOG_LINK_UDP)
		return send_datagram(link, message, err);
	if (has_ended(link))
		return error_set(err, ERROR_NETWORK, 0,
				 "the server ended the connection");
	length = asprintf(&frame, "%zu %s", strlen(message), message);
	if (length < 0)
		return error_memory(err);
	r = send_stream(link, frame, (size_t)length, err);
	free(frame);
	return r;
}

void syslog_link_close(struct syslog_link *link)
{
	if (!link)
		return;
	tls_close(link->tls);
	if (link->fd >= 0)
		(void)close(link->fd);
	free(link);
}
