/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SERVE_DAEMON_H
#define LANDER_SERVE_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct ssh_key;
struct ssh_public;

/** An OpenSSH server that lets some keys run lander-source, and nothing else;
 * or lets them have a shell.
 */
struct daemon;

struct daemon_order {
	const char *port; /* 1..65535 */
	bool shell;	  /* who logs in gets a shell, nothing is served */
	const char *const
		*disk; /* else names in /dev or paths; NULL at the end */
	const struct ssh_key *host;
	const struct ssh_public *reader; /* who may log in, as root */
	size_t readers;			 /* at least 1 */
};

/** daemon_start(order, ret, err): its files go to a new directory in /run, and
 *  it listens when this returns.  Errors: ERROR_CONFIG (a name that is none, a
 *  port that is taken), ERROR_INTERNAL. */
int daemon_start(const struct daemon_order *order, struct daemon **ret,
		 struct error **err);

/** daemon_program(daemon): path of the lander-source that its sessions run. */
const char *daemon_program(const struct daemon *daemon);

/** daemon_fd(daemon): readable when it has said something or ended. */
int daemon_fd(const struct daemon *daemon);

/** daemon_line(daemon, buf, room): the next whole line that it said, safe to
 *  print; false when there is none.  Never waits. */
bool daemon_line(struct daemon *daemon, char *buf, size_t room);

/** daemon_ended(daemon, err): whether it is gone, and that is the error. */
bool daemon_ended(struct daemon *daemon, struct error **err);

/** daemon_stop(daemon): it, its sessions and its files; NULL does nothing. */
void daemon_stop(struct daemon *daemon);

#endif
