/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The orders themselves: what each means in each phase of a job, and the answer
 * in words.  It only notes them; an order that makes no sense now is answered
 * so and changes nothing.
 */
#include "run/control_order.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "copy/throttle.h"
#include "run/report.h"

#define WHERE_ROOM 400

/* Who gave the order gets words back. */
struct answer {
	char *text;
	size_t room;
	char where[WHERE_ROOM]; /* the job is now */
};

__attribute__((format(printf, 3, 4))) static int
tell(struct answer *answer, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(answer->text, answer->room, format, args);
	va_end(args);
	return status;
}

static bool is_running(const struct control_state *state)
{
	return state->phase != CONTROL_IDLE && state->phase != CONTROL_WAITING;
}

static int order_status(struct control_state *state, struct answer *answer)
{
	(void)state;
	return tell(answer, 0, "%s", answer->where);
}

static int order_plan(struct control_state *state, struct answer *answer)
{
	if (report_kept(state->report, answer->text, answer->room))
		return 0;
	return tell(answer, ERROR_REFUSED, "there is no plan yet: %s",
		    answer->where);
}

static int order_cutover(struct control_state *state, struct answer *answer)
{
	switch (state->phase) {
	case CONTROL_OPEN:
		if (throttle_paused(state->throttle))
			return tell(answer, ERROR_REFUSED,
				    "paused by order: 'resume' comes before "
				    "'cutover'");
		if (state->ordered)
			return tell(answer, 0,
				    "the cutover is ordered already");
		state->ordered = true;
		return tell(answer, 0,
			    "the cutover is ordered: the source is stopped "
			    "after the round that runs");
	case CONTROL_STOPPED:
	case CONTROL_COMMIT:
		return tell(answer, ERROR_REFUSED,
			    "the cutover is under way: %s", answer->where);
	case CONTROL_IDLE:
	case CONTROL_WAITING:
	case CONTROL_RUNNING:
	case CONTROL_COPIED:
	case CONTROL_ENDED:
		break;
	}
	return tell(answer, ERROR_REFUSED, "nothing waits for a cutover: %s",
		    answer->where);
}

static int order_abort(struct control_state *state, struct answer *answer)
{
	if (!is_running(state))
		return tell(answer, ERROR_REFUSED,
			    "no job runs that could be aborted: %s",
			    answer->where);
	if (state->phase == CONTROL_COMMIT)
		return tell(answer, ERROR_REFUSED,
			    "too late: the commit is under way");
	state->aborted = true;
	atomic_store(state->stop, true);
	if (state->phase == CONTROL_ENDED)
		return tell(answer, 0,
			    "the job itself is over: only its script is ended: "
			    "%s",
			    answer->where);
	return tell(
		answer, 0,
		"aborting: the source goes on, the target keeps what it has");
}

/* 0: the source is read now, and may be read slower, or not. */
static int check_reading(const struct control_state *state,
			 struct answer *answer)
{
	switch (state->phase) {
	case CONTROL_RUNNING:
	case CONTROL_OPEN:
		return 0;
	case CONTROL_COPIED:
	case CONTROL_ENDED:
		return tell(answer, ERROR_REFUSED,
			    "nothing is read from the source any more: %s",
			    answer->where);
	case CONTROL_STOPPED:
		return tell(
			answer, ERROR_REFUSED,
			"not now: the source, or a snapshot of it, is held, "
			"and this would only lengthen that: %s",
			answer->where);
	case CONTROL_COMMIT:
		return tell(answer, ERROR_REFUSED,
			    "too late: the commit is under way");
	case CONTROL_IDLE:
	case CONTROL_WAITING:
		break;
	}
	return tell(answer, ERROR_REFUSED, "no job runs: %s", answer->where);
}

static int order_pause(struct control_state *state, struct answer *answer)
{
	int status = check_reading(state, answer);

	if (status)
		return status;
	if (throttle_paused(state->throttle))
		return tell(answer, 0, "paused by order already");
	throttle_pause(state->throttle, true);
	report_paused(state->report, true);
	return tell(answer, 0,
		    "paused by order: nothing more is read from the source "
		    "until 'resume'");
}

void control_order_resume(struct control_state *state)
{
	throttle_pause(state->throttle, false);
	report_paused(state->report, false);
}

static int order_resume(struct control_state *state, struct answer *answer)
{
	if (!throttle_paused(state->throttle))
		return tell(answer, ERROR_REFUSED, "nothing is paused: %s",
			    answer->where);
	control_order_resume(state);
	return tell(answer, 0, "going on");
}

static int order_throttle(struct control_state *state, const char *text,
			  struct answer *answer)
{
	int status = check_reading(state, answer);
	struct error *why = NULL;
	uint64_t rate;

	if (status)
		return status;
	if (parse_rate(text, &rate, &why) < 0) {
		status = tell(answer, ERROR_CONFIG, "throttle: %s", why->msg);
		error_free(why);
		return status;
	}
	throttle_set(state->throttle, rate);
	if (!rate)
		return tell(answer, 0, "the source is read without a limit");
	return tell(answer, 0,
		    "the source is read at %.3g MB/s at most, for this job",
		    (double)rate / 1e6);
}

static int order_retry(struct control_state *state, struct answer *answer)
{
	if (state->phase != CONTROL_WAITING)
		return tell(answer, ERROR_REFUSED,
			    "no job waits after a failure: %s", answer->where);
	state->again = true;
	return tell(answer, 0, "starting again");
}

static const struct {
	const char *name;
	int (*obey)(struct control_state *state, struct answer *answer);
} orders[] = {
	{"status", order_status}, {"plan", order_plan},
	{"pause", order_pause},	  {"resume", order_resume},
	{"abort", order_abort},	  {"cutover", order_cutover},
	{"retry", order_retry},
};

int control_order(struct control_state *state, const char *order, char *text,
		  size_t room)
{
	struct answer answer = {.text = text, .room = room};

	report_describe(state->report, answer.where, sizeof(answer.where));
	if (strcmp(order, "status") != 0)
		log_info("control", "order: %.32s", order);
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (!strcmp(order, orders[i].name))
			return orders[i].obey(state, &answer);
	if (!strncmp(order, "throttle ", 9))
		return order_throttle(state, order + 9, &answer);
	return tell(&answer, ERROR_CONFIG,
		    "no such order; there are status, plan, pause, resume, "
		    "throttle RATE, cutover, abort and retry");
}
