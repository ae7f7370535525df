/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How much the other side may have under way: twice what the line is seen to
 * hold in a round trip.  It begins with little and grows, and never shrinks.
 * More than the line takes would only lie in sshd's buffer there, which grows
 * in small steps and is copied at each: 10 MiB cost a source a second and a
 * half of its processor. Source: libssh2's manual pages, RFC 4254 section 5.2;
 * OpenSSH's sshbuf.c, sshbuf_allocate().
 */
#include "net/ssh_window.h"

#include "base/io.h"
#include "net/ssh_session.h"
#include "net/tcp.h"

/* Two sessions of 2 MiB are 30 Gbit/s in a network of 1 ms.  Beyond 15 MiB
 * OpenSSH gets slow, and more than 8 MiB are never asked for at once. */
#define WINDOW_MIN ((unsigned int)2 << 20)
#define WINDOW_MAX ((unsigned int)10 << 20)

#define LOOK_S	   0.3 /* a rate is measured so long, or some round trips */
#define LOOK_TRIPS 6.0

unsigned int ssh_window_begin(struct ssh *ssh)
{
	double tcp = tcp_round_trip(ssh->fd);

	/* TCP knows the way to the next hop of a tunnel only; a login's answers
	 * take the server's thinking, too. */
	ssh->window = (struct ssh_window){
		.size = WINDOW_MIN,
		.round_trip = ssh->jump ? ssh->round_trip : tcp,
	};
	return WINDOW_MIN;
}

static bool should_grow(struct ssh_window *window, size_t bytes)
{
	double now = io_seconds();
	double least = window->round_trip * LOOK_TRIPS;
	double most = window->size;
	double want;

	window->came += bytes;
	if (!window->since)
		window->since = now;
	if (now - window->since < (least > LOOK_S ? least : LOOK_S))
		return false;
	want = 2 * window->round_trip * (double)window->came /
	       (now - window->since);
	window->since = now;
	window->came = 0;
	if (want > WINDOW_MAX)
		want = WINDOW_MAX;
	if (want > most)
		window->size = (unsigned int)want;
	return want > most;
}

void ssh_window_widen(struct ssh *ssh)
{
	unsigned long open =
		libssh2_channel_window_read_ex(ssh->channel, NULL, NULL);
	unsigned long size = ssh->window.size;
	int code;

	/* Half sent: libssh2 wants the call again, and only that. */
	if (ssh->half == SSH_FREE && open > size / 4 * 3)
		return;
	code = libssh2_channel_receive_window_adjust2(
		ssh->channel, open < size ? size - open : 0, 1, NULL);
	ssh->half =
		code == LIBSSH2_ERROR_EAGAIN &&
				libssh2_session_block_directions(ssh->session) &
					LIBSSH2_SESSION_BLOCK_OUTBOUND
			? SSH_HALF_WIDENED
			: SSH_FREE;
}

void ssh_window_took(struct ssh *ssh, size_t bytes)
{
	(void)should_grow(&ssh->window, bytes);
	/* Up to there libssh2 does it itself. */
	if (ssh->window.size > WINDOW_MIN && ssh->half == SSH_FREE)
		ssh_window_widen(ssh);
}
