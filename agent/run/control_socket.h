/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_SOCKET_H
#define LANDER_RUN_CONTROL_SOCKET_H

#include <stddef.h>

struct error;

/** Bytes of an order with its newline, and of the words of an answer, which may
 *  be lines. */
#define CONTROL_SOCKET_ORDER  64
#define CONTROL_SOCKET_ANSWER 16384

/** control_socket_open(path, ret_fd, err): a listening unix socket with mode
 *  0600.  Errors: ERROR_INTERNAL; EADDRINUSE when somebody listens there. */
int control_socket_open(const char *path, int *ret_fd, struct error **err);

/** control_socket_serve(listener, answer, owner): one connection, one order.
 *  answer() gets it without its newline, puts the words of the answer into
 *  CONTROL_SOCKET_ANSWER bytes and returns an exit status.  A client that is
 *  slower than 2 s, or says too much, is hung up on. */
typedef int control_socket_answer(void *owner, const char *order, char *answer);
void control_socket_serve(int listener, control_socket_answer *answer,
			  void *owner);

/** control_socket_ask(path, order, buf, room, err): the other end: "STATUS
 *  words", without the last newline, at most 10 s. */
int control_socket_ask(const char *path, const char *order, char *buf,
		       size_t room, struct error **err);

#endif
