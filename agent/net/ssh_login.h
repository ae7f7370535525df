/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_LOGIN_H
#define LANDER_NET_SSH_LOGIN_H

struct error;
struct ssh;

/** ssh_login(ssh, end, err): over a connection whose host key is the pinned
 *  one: by the peer's private key, or else by its password.
 *  Errors: ERROR_NETWORK (EACCES: not taken), ERROR_CONFIG (nothing to show, no
 *  usable key), ERROR_ABORTED.  Source: RFC 4252, RFC 4256. */
int ssh_login(struct ssh *ssh, double end, struct error **err);

#endif
