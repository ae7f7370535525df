/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PORT_H
#define LANDER_RUN_PORT_H

#include <stdbool.h>

struct error;
struct outbox;
struct port;

/** Bytes of the words of an answer. */
#define PORT_ANSWER 16384

/** port_answer(owner, order, answer): obey one line; its exit status, and the
 *  words in PORT_ANSWER bytes. */
typedef int port_answer(void *owner, const char *order, char *answer);

/**
 * port_open(name, ret, err): a virtio-serial port of this virtual machine by
 * its name, or any terminal by its path.  It may come and go: whoever
 * is on its other side gets what is in the outbox, lines of JSON, and gives
 * orders, one a line; each is answered by one more line.  "none": *ret is NULL.
 * Errors: ERROR_CONFIG for a name that can't be one.
 * Source: drivers/char/virtio_console.c.
 */
int port_open(const char *name, struct port **ret, struct error **err);

/** port_orders(port, answer, owner): who obeys from now on; NULL: nobody.  When
 *  it returns, the one before is not called any more. */
void port_orders(struct port *port, port_answer *answer, void *owner);

struct outbox *port_outbox(const struct port *port);

/** port_heard(port): somebody took a line lately: the last ones may be waited
 *  for. */
bool port_heard(const struct port *port);

void port_close(struct port *port); /* NULL does nothing */

#endif
