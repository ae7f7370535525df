/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DIAL_H
#define LANDER_SOURCE_DIAL_H

#include <stdatomic.h>
#include <stdbool.h>

struct location;
struct error;
struct nbd_handle;

/**
 * dial_open(location, timeout_s, stop, ret, err): connect, negotiate, ask for
 * base:allocation; never blocks longer than timeout_s (name look-up aside),
 * less when *stop becomes true.  TLS is verified or refused.
 * Errors: ERROR_NETWORK (not reachable, TLS), ERROR_SOURCE (no such export:
 * the server's list is in the message; does not speak NBD), ERROR_CONFIG.
 */
int dial_open(const struct location *location, unsigned int timeout_s,
	      const _Atomic bool *stop, struct nbd_handle **ret_nbd,
	      struct error **err);

/** dial_list(location, timeout_s, ret_names, err): see source_list(). */
int dial_list(const struct location *location, unsigned int timeout_s,
	      char ***ret_names, struct error **err);

/** dial_closed(location, err): the error of a server that hung up; its
 *  negative. */
int dial_closed(const struct location *location, struct error **err);

/** dial_lost(location, doing, err): make the error of a connection that failed,
 *  from libnbd's last words in this thread.  Returns its negative. */
int dial_lost(const struct location *location, const char *doing,
	      struct error **err);

#endif
