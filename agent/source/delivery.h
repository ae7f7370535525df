/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DELIVERY_H
#define LANDER_SOURCE_DELIVERY_H

struct error;
struct ssh;

/**
 * delivery_start(ssh, name, end, err): a lander-source that has just greeted:
 * the one that the server's forced command starts, else ours, put there for
 * this one run.  name: of the machine, for messages.
 * Errors: ERROR_SOURCE with what the source complained; ERROR_NETWORK.
 */
int delivery_start(struct ssh *ssh, const char *name, double end,
		   struct error **err);

#endif
