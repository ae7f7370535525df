/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_JUMP_H
#define LANDER_NET_SSH_JUMP_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;
struct ssh_jump;
struct ssh_peer;

/**
 * ssh_jump_open(peer, end, stop, ret, err): a connection to peer's port that
 * its jump host makes, logged in there first.  end: by io_seconds().
 * Errors: ssh_open()'s of the jump host, by its name; ERROR_NETWORK when it
 * forbids this (EACCES) or does not reach peer.
 */
int ssh_jump_open(struct ssh_peer *peer, double end, const _Atomic bool *stop,
		  struct ssh_jump **ret, struct error **err);

/** ssh_jump_fd(jump): a socket that never blocks: what is written there goes to
 *  peer, what peer says comes out of it.  The caller closes it first, then
 *  ssh_jump_close(jump). */
int ssh_jump_fd(const struct ssh_jump *jump);
void ssh_jump_close(struct ssh_jump *jump);

/** ssh_jump_why(jump): the words in which the jump host was lost; NULL as long
 *  as it was not, and when it was peer that hung up.  jump: may be NULL. */
const char *ssh_jump_why(const struct ssh_jump *jump);

#endif
