/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_H
#define LANDER_RUN_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;
struct report;

/** Where orders come in while a job runs: a unix socket that only root may
 *  connect to, one line each way; and the consoles, while a cutover is waited
 *  for.  Orders: "status", "cutover", "abort". */
struct control;

/** Where it is when nobody says otherwise. */
#define CONTROL_PATH "/run/lander/control"

struct control_options {
	const char *path; /* of the socket, NULL for none */
	struct report *report;
	_Atomic bool *stop; /* set by an order to abort */
};

/** control_open(options, ret, err): starts its thread.  A socket that nobody
 *  listens on any more is replaced.  Errors: ERROR_INTERNAL, EADDRINUSE when
 *  another lander listens there. */
int control_open(const struct control_options *options,
		 struct control **ret_control, struct error **err);
void control_close(struct control *control); /* NULL does nothing */

/** What an order means now. */
enum control_phase {
	CONTROL_IDLE,	 /* no job runs */
	CONTROL_RUNNING, /* nothing waits for a cutover */
	CONTROL_OPEN,	 /* it may be ordered */
	CONTROL_STOPPED, /* the source is stopped, or being stopped */
	CONTROL_COMMIT,	 /* too late for anything */
};

/** control_phase(control, phase): CONTROL_RUNNING forgets earlier orders. */
void control_phase(struct control *control, enum control_phase phase);

/** control_stop(control): becomes true with an order to abort, or a signal. */
const _Atomic bool *control_stop(const struct control *control);

/** control_ordered(control): the cutover was ordered. */
bool control_ordered(struct control *control);

/** control_wait(control, seconds): until the cutover is ordered (true), the job
 *  is to stop, or that time is over. */
bool control_wait(struct control *control, double seconds);

/** control_forgive(control): a job that was aborted by order may be started
 *  again; a signal is for good. */
void control_forgive(struct control *control);

/** control_send(path, order): what `lander ORDER` does: prints the answer.
 *  The exit status. */
int control_send(const char *path, const char *order);

#endif
