/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTROL_H
#define LANDER_RUN_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct error;
struct report;
struct throttle;

/** Where orders come in while a job runs: a unix socket that only root may
 *  connect to, one line each way; and the consoles, while a cutover is waited
 *  for.  Orders: see run/control_order.c. */
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

/** control_obey(control, order, answer, room): one line, as from the socket;
 *  the exit status for who gave it, and the words. */
int control_obey(struct control *control, const char *order, char *answer,
		 size_t room);

/** What an order means now. */
enum control_phase {
	CONTROL_IDLE,	 /* no job runs */
	CONTROL_WAITING, /* … because the last one failed */
	CONTROL_RUNNING, /* nothing waits for a cutover */
	CONTROL_OPEN,	 /* it may be ordered */
	CONTROL_COPIED,	 /* nothing more is read from the source */
	CONTROL_STOPPED, /* the source is stopped, or being stopped */
	CONTROL_COMMIT,	 /* too late for anything */
	CONTROL_ENDED,	 /* whatever its end: only its last scripts run */
};

/** control_phase(control, phase): CONTROL_RUNNING forgets earlier orders; only
 *  into CONTROL_OPEN a pause goes on.  Consoles are heard while it is that one,
 *  or CONTROL_WAITING. */
void control_phase(struct control *control, enum control_phase phase);

/** control_stop(control): becomes true with an order to abort, or a signal. */
const _Atomic bool *control_stop(const struct control *control);

/** control_ordered(control): the cutover was ordered. */
bool control_ordered(struct control *control);

/** control_wait(control, seconds): until the cutover is ordered (true), the job
 *  is to stop, or that time is over. */
bool control_wait(struct control *control, double seconds);

/** control_pass(control, seconds): until that time is over or the job is to
 *  stop, whatever else is ordered. */
void control_pass(struct control *control, double seconds);

/** control_throttle(control): what a pause and a limit act on; set it from the
 *  job's words after CONTROL_RUNNING. */
struct throttle *control_throttle(const struct control *control);

/** control_seconds(control): io_seconds() without the pauses, to measure rates
 *  by. */
double control_seconds(const struct control *control);

/** control_rest(control): while it is paused by order.  False: the job is to
 *  stop. */
bool control_rest(struct control *control);

/** control_settle(control): CONTROL_STOPPED, and no pause any more.  False: it
 *  is paused just now, or to stop, and nothing has changed. */
bool control_settle(struct control *control);

/** control_wait_again(control, seconds): CONTROL_WAITING, until it is ordered
 *  to start again (true), or that time is over. */
bool control_wait_again(struct control *control, double seconds);

/** control_forgive(control): a job that was aborted by order may be started
 *  again; a signal is for good. */
void control_forgive(struct control *control);

#endif
