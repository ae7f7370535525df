/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_H
#define LANDER_NET_SSH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "net/tcp.h"

struct error;
struct locked;

/** A machine, who logs in there, and what both show each other. */
struct ssh_peer {
	struct tcp_place place;
	const char *user;
	const char *hostkey;  /* "SHA256:…", several between commas, or NULL */
	const char *identity; /* what the key is called, for messages */
	const struct locked *key;      /* the private key; at NULL: none */
	const struct locked *password; /* when there is no key; likewise */
	const char *name;	       /* "root@web01:22", for messages */
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

/** ssh_obey(ssh, stop): the order to give up that counts from now on, or NULL.
 */
void ssh_obey(struct ssh *ssh, const _Atomic bool *stop);

/** ssh_close(ssh): at once, without waiting for the server. */
void ssh_close(struct ssh *ssh);

#endif
