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
#include "base/log.h"
#include "run/console.h"
#include "run/control_socket.h"
#include "run/report.h"

#define CONSOLES    8
#define ANSWER_ROOM 700
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
	struct report *report;
	_Atomic bool *stop;
	enum control_phase phase;
	bool ordered;
	bool aborted;
	bool ending;
};

static int order_cutover(struct control *control, const char *where,
			 char *answer)
{
	switch (control->phase) {
	case CONTROL_OPEN:
		(void)snprintf(answer, ANSWER_ROOM,
			       control->ordered
				       ? "the cutover is ordered already"
				       : "the cutover is ordered: the source "
					 "is stopped after the round that "
					 "runs");
		control->ordered = true;
		return 0;
	case CONTROL_STOPPED:
	case CONTROL_COMMIT:
		(void)snprintf(answer, ANSWER_ROOM,
			       "the cutover is under way: %s", where);
		return ERROR_REFUSED;
	case CONTROL_IDLE:
	case CONTROL_RUNNING:
		break;
	}
	(void)snprintf(answer, ANSWER_ROOM, "nothing waits for a cutover: %s",
		       where);
	return ERROR_REFUSED;
}

static int order_abort(struct control *control, const char *where, char *answer)
{
	if (control->phase == CONTROL_IDLE) {
		(void)snprintf(answer, ANSWER_ROOM,
			       "no job runs that could be aborted: %s", where);
		return ERROR_REFUSED;
	}
	if (control->phase == CONTROL_COMMIT) {
		(void)snprintf(answer, ANSWER_ROOM,
			       "too late: the commit is under way");
		return ERROR_REFUSED;
	}
	control->aborted = true;
	atomic_store(control->stop, true);
	(void)snprintf(answer, ANSWER_ROOM,
		       "aborting: the source goes on, the target keeps what "
		       "it has");
	return 0;
}

/* The exit status of whoever asked. */
static int obey(struct control *control, const char *order, char *answer)
{
	char where[ANSWER_ROOM / 2];
	int status;

	report_describe(control->report, where, sizeof(where));
	if (!strcmp(order, "status")) {
		(void)snprintf(answer, ANSWER_ROOM, "%s", where);
		return 0;
	}
	log_info("control", "order: %.32s", order);
	(void)pthread_mutex_lock(&control->lock);
	if (!strcmp(order, "cutover")) {
		status = order_cutover(control, where, answer);
	} else if (!strcmp(order, "abort")) {
		status = order_abort(control, where, answer);
	} else {
		(void)snprintf(answer, ANSWER_ROOM,
			       "there are three orders: status, cutover and "
			       "abort");
		status = ERROR_CONFIG;
	}
	(void)pthread_cond_broadcast(&control->told);
	(void)pthread_mutex_unlock(&control->lock);
	return status;
}

static int answer_socket(void *owner, const char *order, char *answer)
{
	return obey(owner, order, answer);
}

static void answer_consoles(struct control *control)
{
	struct console *console = report_lines(control->report);
	char answer[ANSWER_ROOM];
	char order[64];

	while (console_take(console, order, sizeof(order))) {
		(void)obey(control, order, answer);
		report_say(control->report, "%s", answer);
	}
}

static bool is_open(struct control *control)
{
	bool open;

	(void)pthread_mutex_lock(&control->lock);
	open = control->phase == CONTROL_OPEN;
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
			count += console_want(report_lines(control->report),
					      fds + 2, CONSOLES);
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
	control->report = options->report;
	control->stop = options->stop;
	control->listener = -1;
	control->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (options->path) {
		control->path = strdup(options->path);
		r = control_socket_open(options->path, &control->listener, err);
	}
	if (r == 0 && pthread_create(&control->thread, NULL, listen_for_orders,
				     control) != 0)
		r = error_set(err, ERROR_INTERNAL, 0,
			      "no thread for orders could be started");
	control->running = r == 0;
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
	free(control->path);
	free(control);
}

void control_phase(struct control *control, enum control_phase phase)
{
	bool opened;

	(void)pthread_mutex_lock(&control->lock);
	opened = phase == CONTROL_OPEN && control->phase != CONTROL_OPEN;
	control->phase = phase;
	if (phase == CONTROL_RUNNING)
		control->ordered = false;
	(void)pthread_mutex_unlock(&control->lock);
	if (!opened)
		return;
	console_listen(report_lines(control->report));
	wake(control);
}

const _Atomic bool *control_stop(const struct control *control)
{
	return control->stop;
}

bool control_ordered(struct control *control)
{
	bool ordered;

	(void)pthread_mutex_lock(&control->lock);
	ordered = control->ordered;
	(void)pthread_mutex_unlock(&control->lock);
	return ordered;
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

bool control_wait(struct control *control, double seconds)
{
	double end = io_seconds() + seconds;
	bool ordered;

	(void)pthread_mutex_lock(&control->lock);
	while (!control->ordered && !atomic_load(control->stop)) {
		double left = end - io_seconds();
		struct timespec until;

		if (!(left > 0))
			break;
		until = later(left < SLICE_S ? left : SLICE_S);
		(void)pthread_cond_timedwait(&control->told, &control->lock,
					     &until);
	}
	ordered = control->ordered;
	(void)pthread_mutex_unlock(&control->lock);
	return ordered;
}

void control_forgive(struct control *control)
{
	(void)pthread_mutex_lock(&control->lock);
	if (control->aborted)
		atomic_store(control->stop, false);
	control->aborted = false;
	(void)pthread_mutex_unlock(&control->lock);
}

int control_send(const char *path, const char *order)
{
	char answer[ANSWER_ROOM + 8];
	struct error *error = NULL;
	char *text = NULL;
	long status;

	if (control_socket_ask(path, order, answer, sizeof(answer), &error) <
	    0) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		error_free(error);
		return ERROR_REFUSED;
	}
	status = strtol(answer, &text, 10);
	(void)fprintf(status ? stderr : stdout, "lander: %s\n",
		      text + (*text == ' '));
	return (int)status;
}
