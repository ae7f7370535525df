/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_WINDOW_H
#define LANDER_NET_SSH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

struct ssh;

/** How many bytes the other side may send before it hears from us. */
struct ssh_window {
	unsigned int size; /* bytes */
	double round_trip; /* seconds */
	double since;	   /* io_seconds() */
	size_t came;	   /* bytes since then */
};

/** ssh_window_begin(ssh): the one to open a channel with. */
unsigned int ssh_window_begin(struct ssh *ssh);

/** ssh_window_took(ssh, bytes): so many were read of the channel.  May leave
 *  ssh->half at SSH_HALF_WIDENED. */
void ssh_window_took(struct ssh *ssh, size_t bytes);

/** ssh_window_widen(ssh): send, or go on sending, what makes it as large as it
 *  should be. */
void ssh_window_widen(struct ssh *ssh);

#endif
