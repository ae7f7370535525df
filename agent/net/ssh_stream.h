/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_STREAM_H
#define LANDER_NET_SSH_STREAM_H

#include <sys/types.h>

#include <stddef.h>

struct error;
struct pollfd;
struct ssh;
struct ssh_peer;

/** ssh_stream_run(ssh, command, end, err): start it there; once per connection.
 *  ssh_stream_read() and ssh_stream_write() are its stdout and stdin. */
int ssh_stream_run(struct ssh *ssh, const char *command, double end,
		   struct error **err);

/** ssh_stream_reach(ssh, peer, end, err): instead of it, a connection that this
 *  machine makes to peer's port.  Errors: ERROR_NETWORK: EACCES: it does not
 *  let us; it does not reach peer. */
int ssh_stream_reach(struct ssh *ssh, const struct ssh_peer *peer, double end,
		     struct error **err);

/** ssh_stream_read(ssh, buf, length, err): bytes, 0 when there are none now, or
 * an error: ERROR_NETWORK for a lost connection or the end of that of
 *  ssh_stream_reach(), ERROR_SOURCE when the program has ended, with the last
 *  of what it complained. */
ssize_t ssh_stream_read(struct ssh *ssh, void *buf, size_t length,
			struct error **err);

/** ssh_stream_write(ssh, buf, length, err): bytes taken, 0 when none can be
 * taken now. What was not taken must be the beginning of the next call's buf.
 */
ssize_t ssh_stream_write(struct ssh *ssh, const void *buf, size_t length,
			 struct error **err);

/** ssh_stream_want(ssh, fd): what to poll(2) for before reading or writing
 * again. */
void ssh_stream_want(struct ssh *ssh, struct pollfd *fd);

/** ssh_stream_wait(ssh, end, err): until something can be read or written.
 *  Errors: ERROR_NETWORK with ETIMEDOUT, ERROR_ABORTED. */
int ssh_stream_wait(struct ssh *ssh, double end, struct error **err);

#endif
