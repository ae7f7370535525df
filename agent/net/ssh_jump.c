/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection through another machine: that one is logged in to, makes the
 * connection, and a thread carries the bytes between its channel and a socket.
 * The thread alone uses that login; what it carries is encrypted for the
 * machine behind, and it looks at nothing of it.
 * Source: RFC 4254, 7.2; libssh2's manual pages.
 */
#include "net/ssh_jump.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh2.h>

#include "base/error.h"
#include "net/ssh_session.h"
#include "net/ssh_stream.h"

#define UP_ROOM	  ((size_t)64 << 10)
#define DOWN_ROOM ((size_t)256 << 10)
#define PAIR_ROOM (1 << 20) /* bytes that the socket may hold; a wish */

/* Bytes that were taken from one side and not given to the other yet. */
struct flow {
	uint8_t *bytes;
	size_t begin;
	size_t end;
};

struct ssh_jump {
	struct ssh *ssh; /* the thread's alone */
	int fd;		 /* the caller's end */
	int inner;	 /* the thread's */
	pthread_t thread;
	bool runs;
	struct flow up;	  /* to the machine behind */
	struct flow down; /* from it */
	bool ended;	  /* one of the sides hung up */
	char *_Atomic why;
};

static bool is_empty(const struct flow *flow)
{
	return flow->begin == flow->end;
}

/* Whether something moved. */
static bool take_up(struct ssh_jump *jump)
{
	struct flow *up = &jump->up;
	ssize_t n;

	if (!is_empty(up))
		return false;
	n = recv(jump->inner, up->bytes, UP_ROOM, 0);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		jump->ended = true;
	up->begin = 0;
	up->end = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool give_down(struct ssh_jump *jump)
{
	struct flow *down = &jump->down;
	ssize_t n;

	if (is_empty(down))
		return false;
	n = send(jump->inner, down->bytes + down->begin,
		 down->end - down->begin, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		jump->ended = true;
	if (n > 0)
		down->begin += (size_t)n;
	return n > 0;
}

/* Bytes that moved, or a negative errno. */
static ssize_t give_up(struct ssh_jump *jump, struct error **err)
{
	struct flow *up = &jump->up;
	ssize_t n = is_empty(up)
			    ? 0
			    : ssh_stream_write(jump->ssh, up->bytes + up->begin,
					       up->end - up->begin, err);

	if (n > 0)
		up->begin += (size_t)n;
	return n;
}

static ssize_t take_down(struct ssh_jump *jump, struct error **err)
{
	struct flow *down = &jump->down;
	ssize_t n;

	if (!is_empty(down))
		return 0;
	n = ssh_stream_read(jump->ssh, down->bytes, DOWN_ROOM, err);
	down->begin = 0;
	down->end = n > 0 ? (size_t)n : 0;
	return n;
}

/* Until nothing gets on.  Sending takes in what only reading finds, so that
 * comes last. */
static int carry(struct ssh_jump *jump, struct error **err)
{
	bool moved;

	do {
		ssize_t up;
		ssize_t down;

		moved = take_up(jump);
		up = give_up(jump, err);
		if (up < 0)
			return (int)up;
		down = take_down(jump, err);
		if (down < 0)
			return (int)down;
		moved = give_down(jump) || moved || up || down;
	} while (moved && !jump->ended);
	return 0;
}

/* What nobody would take is not polled for: it would be there at once. */
static void sleep_till_some(struct ssh_jump *jump)
{
	bool full = !is_empty(&jump->down);
	bool waits = !is_empty(&jump->up) && jump->ssh->half != SSH_HALF_READ;
	struct pollfd fd[2] = {{.fd = jump->inner}};

	ssh_stream_want(jump->ssh, &fd[1]);
	if (full && !waits)
		fd[1].fd = -1;
	fd[0].events = (short)((full ? POLLOUT : 0) |
			       (is_empty(&jump->up) ? POLLIN : 0));
	(void)poll(fd, 2, -1);
	/* Nobody is there any more whom anything could be given to. */
	if (fd[0].revents & (POLLHUP | POLLERR))
		jump->ended = true;
}

static void *relay(void *owner)
{
	struct ssh_jump *jump = owner;
	struct error *why = NULL;

	while (!jump->ended && carry(jump, &why) == 0)
		if (!jump->ended)
			sleep_till_some(jump);
	/* The end of the channel is what the machine behind did. */
	if (why && !libssh2_channel_eof(jump->ssh->channel))
		atomic_store(&jump->why, strdup(why->msg));
	error_free(why);
	(void)shutdown(jump->inner, SHUT_RDWR);
	return NULL;
}

static int make_pair(struct ssh_jump *jump, struct error **err)
{
	int room = PAIR_ROOM;
	int pair[2];

	jump->up.bytes = malloc(UP_ROOM);
	jump->down.bytes = malloc(DOWN_ROOM);
	if (!jump->up.bytes || !jump->down.bytes)
		return error_memory(err);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) < 0)
		return error_set(err, ERROR_INTERNAL, errno, "socketpair");
	jump->fd = pair[0];
	jump->inner = pair[1];
	(void)setsockopt(jump->inner, SOL_SOCKET, SO_SNDBUF, &room,
			 sizeof(room));
	return 0;
}

/* The check wants to know which of the two machines it was. */
static int note_failure(struct ssh_peer *peer, int r)
{
	if (r < 0 && peer->trail)
		peer->trail->at_jump = true;
	return r;
}

int ssh_jump_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		  struct ssh_jump **ret, struct error **err)
{
	struct ssh_jump *jump = calloc(1, sizeof(*jump));
	int r;

	if (!jump)
		return error_memory(err);
	jump->fd = jump->inner = -1;
	r = make_pair(jump, err);
	if (r == 0)
		r = note_failure(
			peer, ssh_open(peer->jump, end, stop, &jump->ssh, err));
	if (r == 0)
		r = ssh_stream_reach(jump->ssh, peer, end, err);
	if (r == -EACCES)
		(void)note_failure(peer, r);
	if (r == 0) {
		ssh_obey(jump->ssh, NULL);
		r = pthread_create(&jump->thread, NULL, relay, jump);
		jump->runs = r == 0;
		if (r)
			r = error_set(err, ERROR_INTERNAL, r, "thread");
	}
	if (r < 0) {
		if (jump->fd >= 0)
			(void)close(jump->fd);
		ssh_jump_close(jump);
	} else {
		*ret = jump;
	}
	return r;
}

int ssh_jump_fd(const struct ssh_jump *jump)
{
	return jump->fd;
}

const char *ssh_jump_why(const struct ssh_jump *jump)
{
	return jump ? atomic_load(&jump->why) : NULL;
}

void ssh_jump_close(struct ssh_jump *jump)
{
	if (!jump)
		return;
	if (jump->runs)
		(void)pthread_join(jump->thread, NULL);
	ssh_close(jump->ssh);
	if (jump->inner >= 0)
		(void)close(jump->inner);
	free(jump->up.bytes);
	free(jump->down.bytes);
	free(atomic_load(&jump->why));
	free(jump);
}
