/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_SESSION_H
#define LANDER_NET_SSH_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include <libssh2.h>

#include "net/ssh.h"
#include "net/ssh_window.h"

#define SSH_WORDS 2048U

/** What ssh.c and ssh_stream.c know of a connection, and nobody else. */
struct ssh {
	struct ssh_peer *peer;
	double round_trip; /* seconds, or more: the server thinks, too */
	const _Atomic bool *stop;
	int fd;
	struct ssh_jump *jump; /* whose end fd is, or NULL */
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel; /* NULL before ssh_stream_run() */
	/* libssh2 must hear the call again whose packet is half sent, before
	 * any other. */
	enum {
		SSH_FREE,
		SSH_HALF_READ,
		SSH_HALF_WRITTEN,
		SSH_HALF_WIDENED
	} half;
	struct ssh_window window; /* of the channel */
	bool inside;		  /* logged in */
	bool through;		  /* the channel leads to another machine */
	bool answered;		  /* a question for the password was */
	bool asked_more;	  /* than a password */
	char words[SSH_WORDS];	  /* the last of its stderr */
	size_t words_length;
};

/** ssh_session_failed(ssh, doing, err): the error of libssh2's last failure. */
int ssh_session_failed(struct ssh *ssh, const char *doing, struct error **err);

#endif
