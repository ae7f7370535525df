/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders from people, while a job runs.  It notes and answers them; the job
 * looks when it can act.  An order that makes no sense now is answered so, and
 * is not kept for later.
 */
#include "run/control.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "copy/throttle.h"
#include "run/console.h"
#include "run/control_order.h"
#include "run/control_socket.h"
#include "run/outlets.h"
#include "run/report.h"

#define CONSOLES    8
#define ANSWER_ROOM CONTROL_SOCKET_ANSWER
#define LOOK_MS	    5000 /* a console that was opened again */
#define SLICE_S	    0.5	 /* a signal tells nobody that it set the flag */

struct control {
	pthread_mutex_t lock;
	pthread_cond_t told;
	pthread_t thread;
	bool running;
	int listener; /* -1 without a socket */
	int wake;
	char *path;
	struct control_state state;
	bool ending;
};

int control_obey(struct control *control, const char *order, char *answer,
		 size_t room)
{
	int status;

	(void)pthread_mutex_lock(&control->lock);
	status = control_order(&control->state, order, answer, room);
	(void)pthread_cond_broadcast(&control->told);
	(void)pthread_mutex_unlock(&control->lock);
	return status;
}

static int answer_socket(void *owner, const char *order, char *answer)
{
	return control_obey(owner, order, answer, ANSWER_ROOM);
}

static void answer_consoles(struct control *control)
{
	struct console *console = report_lines(control->state.report);
	char answer[ANSWER_ROOM];
	char order[64];

	while (console_take(console, order, sizeof(order))) {
		(void)control_obey(control, order, answer, sizeof(answer));
		report_text(control->state.report, answer);
	}
}

/* A person who sits there may be waited for. */
static bool is_open_in(enum control_phase phase)
{
	return phase == CONTROL_OPEN || phase == CONTROL_WAITING;
}

static bool is_open(struct control *control)
{
	bool open;

	(void)pthread_mutex_lock(&control->lock);
	open = is_open_in(control->state.phase);
	(void)pthread_mutex_unlock(&control->lock);
	return open;
}

static bool is_ending(struct control *control)
{
	bool ending;

	(void)pthread_mutex_lock(&control->lock);
	ending = control->ending;
	(void)pthread_mutex_unlock(&control->lock);
	return ending;
}

static void *listen_for_orders(void *owner)
{
	struct control *control = owner;

	while (!is_ending(control)) {
		struct pollfd fds[2 + CONSOLES] = {
			{.fd = control->wake, .events = POLLIN},
			{.fd = control->listener, .events = POLLIN}};
		bool open = is_open(control);
		size_t count = 2;
		uint64_t woken;

		if (open)
			count += console_want(
				report_lines(control->state.report), fds + 2,
				CONSOLES);
		if (poll(fds, count, open ? LOOK_MS : -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents)
			(void)!read(control->wake, &woken, sizeof(woken));
		if (fds[1].revents)
			control_socket_serve(control->listener, answer_socket,
					     control);
		if (open)
			answer_consoles(control);
	}
	return NULL;
}

static void wake(struct control *control)
{
	static const uint64_t one = 1;

	(void)!write(control->wake, &one, sizeof(one));
}

int control_open(const struct control_options *options,
		 struct control **ret_control, struct error **err)
{
	struct control *control = calloc(1, sizeof(*control));
	pthread_condattr_t clock;
	int r = 0;

	if (!control)
		return error_memory(err);
	(void)pthread_mutex_init(&control->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&control->told, &clock);
	(void)pthread_condattr_destroy(&clock);
	control->state.report = options->report;
	control->state.stop = options->stop;
	control->state.throttle = throttle_new();
	control->listener = -1;
	control->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!control->state.throttle)
		r = error_memory(err);
	if (r == 0 && options->path) {
		control->path = strdup(options->path);
		r = control_socket_open(options->path, &control->listener, err);
	}
	if (r == 0 && pthread_create(&control->thread, NULL, listen_for_orders,
				     control) != 0)
		r = error_set(err, ERROR_INTERNAL, 0,
			      "no thread for orders could be started");
	control->running = r == 0;
	if (r == 0)
		outlets_orders(report_outlets(options->report), answer_socket,
			       control);
	if (r < 0)
		control_close(control);
	else
		*ret_control = control;
	return r;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	outlets_orders(report_outlets(control->state.report), NULL, NULL);
	(void)pthread_mutex_lock(&control->lock);
	control->ending = true;
	(void)pthread_mutex_unlock(&control->lock);
	wake(control);
	if (control->running)
		(void)pthread_join(control->thread, NULL);
	if (control->listener >= 0) {
		(void)close(control->listener);
		(void)unlink(control->path);
	}
	(void)close(control->wake);
	(void)pthread_cond_destroy(&control->told);
	(void)pthread_mutex_destroy(&control->lock);
	throttle_free(control->state.throttle);
	free(control->path);
	free(control);
}

void control_phase(struct control *control, enum control_phase phase)
{
	bool opened;

	(void)pthread_mutex_lock(&control->lock);
	opened = is_open_in(phase) && !is_open_in(control->state.phase);
	control->state.phase = phase;
	if (phase == CONTROL_RUNNING)
		control->state.ordered = control->state.again = false;
	if (phase != CONTROL_OPEN)
		control_order_resume(&control->state);
	(void)pthread_mutex_unlock(&control->lock);
	if (!opened)
		return;
	console_listen(report_lines(control->state.report));
	wake(control);
}

const _Atomic bool *control_stop(const struct control *control)
{
	return control->state.stop;
}

bool control_ordered(struct control *control)
{
	bool ordered;

	(void)pthread_mutex_lock(&control->lock);
	ordered = control->state.ordered;
	(void)pthread_mutex_unlock(&control->lock);
	return ordered;
}

struct throttle *control_throttle(const struct control *control)
{
	return control->state.throttle;
}

double control_seconds(const struct control *control)
{
	return io_seconds() - throttle_rested(control->state.throttle);
}

static struct timespec later(double seconds)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)seconds;
	at.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
	if (at.tv_nsec >= 1000000000L) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000L;
	}
	return at;
}

/* With the lock held: until somebody gave an order, for a while at most. */
static void listen_a_while(struct control *control, double seconds)
{
	struct timespec until = later(seconds < SLICE_S ? seconds : SLICE_S);

	(void)pthread_cond_timedwait(&control->told, &control->lock, &until);
}

bool control_wait(struct control *control, double seconds)
{
	double end = io_seconds() + seconds;
	bool ordered;

	(void)pthread_mutex_lock(&control->lock);
	while (!control->state.ordered && !atomic_load(control->state.stop)) {
		double left = end - io_seconds();

		if (!(left > 0))
			break;
		listen_a_while(control, left);
	}
	ordered = control->state.ordered;
	(void)pthread_mutex_unlock(&control->lock);
	return ordered;
}

void control_pass(struct control *control, double seconds)
{
	double end = io_seconds() + seconds;
	double left;

	(void)pthread_mutex_lock(&control->lock);
	while (!atomic_load(control->state.stop) &&
	       (left = end - io_seconds()) > 0)
		listen_a_while(control, left);
	(void)pthread_mutex_unlock(&control->lock);
}

bool control_rest(struct control *control)
{
	bool stop;

	(void)pthread_mutex_lock(&control->lock);
	while (throttle_paused(control->state.throttle) &&
	       !atomic_load(control->state.stop))
		listen_a_while(control, SLICE_S);
	stop = atomic_load(control->state.stop);
	(void)pthread_mutex_unlock(&control->lock);
	return !stop;
}

bool control_settle(struct control *control)
{
	bool settled;

	(void)pthread_mutex_lock(&control->lock);
	settled = !throttle_paused(control->state.throttle) &&
		  !atomic_load(control->state.stop);
	if (settled)
		control->state.phase = CONTROL_STOPPED;
	(void)pthread_mutex_unlock(&control->lock);
	return settled;
}

bool control_wait_again(struct control *control, double seconds)
{
	double end = io_seconds() + seconds;
	bool again;

	control_phase(control, CONTROL_WAITING);
	(void)pthread_mutex_lock(&control->lock);
	while (!control->state.again && io_seconds() < end)
		listen_a_while(control, end - io_seconds());
	again = control->state.again;
	control->state.again = false;
	(void)pthread_mutex_unlock(&control->lock);
	return again;
}

void control_forgive(struct control *control)
{
	(void)pthread_mutex_lock(&control->lock);
	if (control->state.aborted)
		atomic_store(control->state.stop, false);
	control->state.aborted = false;
	(void)pthread_mutex_unlock(&control->lock);
}
