/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_H
#define LANDER_NET_SSH_H

#include <stdatomic.h>
#include <stdbool.h>

#include "net/tcp.h"

struct error;
struct locked;

#define SSH_SEEN 512U /* bytes for the host keys that a server shows */

/** How far a login came, the last step that was done. */
enum ssh_step {
	SSH_STEP_NONE,
	SSH_STEP_TCP,	  /* connected */
	SSH_STEP_SSH,	  /* it speaks SSH */
	SSH_STEP_HOSTKEY, /* it is the machine that was meant */
	SSH_STEP_LOGIN,	  /* we are in */
};

/** What was seen on the way, for who wants to know more than the error. */
struct ssh_trail {
	enum ssh_step step;
	double connect_s; /* until the first TCP connection, name and all */
	char server[128]; /* "SSH-2.0-OpenSSH_9.2p1 …", printable */
	char hostkeys[SSH_SEEN]; /* "ED25519 SHA256:…, …": all that were shown
				  */
	int status;   /* with which the program there ended, else 0 */
	bool at_jump; /* the jump host was as far as it came */
};

/** A machine, who logs in there, and what both show each other. */
struct ssh_peer {
	struct tcp_place place;
	const char *user;
	const char *hostkey;  /* "SHA256:…", several between commas, or NULL */
	const char *identity; /* what the key is called, for messages */
	const struct locked *key;      /* the private key; at NULL: none */
	const struct locked *password; /* when there is no key; likewise; NULL:
					* nobody is asked for one */
	const char *name;	       /* "root@web01:22", for messages */
	/** What of the job says them, for messages: "lander.hostkey",
	 *  "lander.identity". */
	const char *hostkey_word;
	const char *identity_word;
	struct ssh_peer *jump; /* the machine to go through, or NULL */
	/** Which kind of host key fitted last: tried first. */
	_Atomic unsigned int kind;
	struct ssh_trail *trail; /* or NULL */
};

struct ssh;

/**
 * ssh_open(peer, end, stop, ret, err): connected and logged in.  The host key
 * is compared before anything is said to the server; without hostkey the error
 * shows the key that was seen.  end: by io_seconds().
 * Errors: ERROR_NETWORK (not reachable; EKEYREJECTED: another host key; EACCES:
 * the server does not take our key, the jump host does not let us through),
 * ERROR_SOURCE (no SSH server), ERROR_CONFIG (no or no usable key, no hostkey),
 * ERROR_ABORTED.
 */
int ssh_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
	     struct ssh **ret_ssh, struct error **err);

/** ssh_obey(ssh, stop): the order to give up that counts from now on, or NULL.
 */
void ssh_obey(struct ssh *ssh, const _Atomic bool *stop);

/** ssh_close(ssh): at once, without waiting for the server. */
void ssh_close(struct ssh *ssh);

#endif
