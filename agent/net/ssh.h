/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_H
#define LANDER_NET_SSH_H

#include <sys/types.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/tcp.h"

struct error;
struct pollfd;

/** A machine, who logs in there, and what both show each other. */
struct ssh_peer {
	struct tcp_place place;
	const char *user;
	const char *hostkey;  /* "SHA256:…", several between commas, or NULL */
	const char *identity; /* path of the private key, or NULL */
	const char *name;     /* "root@web01:22", for messages */
	/** Which kind of host key fitted last: tried first. */
	_Atomic unsigned int kind;
};

struct ssh;

/**
 * ssh_open(peer, end, stop, ret, err): connected and logged in.  The host key
 * is compared before anything is said to the server; without hostkey the error
 * shows the key that was seen.  end: by io_seconds().
 * Errors: ERROR_NETWORK (not reachable; EKEYREJECTED: another host key; EACCES:
 * the server does not take our key), ERROR_SOURCE (no SSH server), ERROR_CONFIG
 * (no or no usable key, no hostkey), ERROR_ABORTED.
 */
int ssh_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
	     struct ssh **ret_ssh, struct error **err);

/** ssh_close(ssh): at once, without waiting for the server. */
void ssh_close(struct ssh *ssh);

/** ssh_run(ssh, command, end, err): start it there; once per connection.
 *  ssh_read() and ssh_write() are its stdout and stdin. */
int ssh_run(struct ssh *ssh, const char *command, double end,
	    struct error **err);

/** ssh_read(ssh, buf, length, err): bytes, 0 when there are none now, or an
 *  error: ERROR_NETWORK for a lost connection, ERROR_SOURCE when the program
 *  has ended, with the last of what it complained. */
ssize_t ssh_read(struct ssh *ssh, void *buf, size_t length, struct error **err);

/** ssh_write(ssh, buf, length, err): bytes taken, 0 when none can be taken now.
 *  What was not taken must be the beginning of the next call's buf. */
ssize_t ssh_write(struct ssh *ssh, const void *buf, size_t length,
		  struct error **err);

/** ssh_want(ssh, fd): what to poll(2) for before reading or writing again. */
void ssh_want(struct ssh *ssh, struct pollfd *fd);

/** ssh_wait(ssh, end, err): until something can be read or written.
 *  Errors: ERROR_NETWORK with ETIMEDOUT, ERROR_ABORTED. */
int ssh_wait(struct ssh *ssh, double end, struct error **err);

#endif
