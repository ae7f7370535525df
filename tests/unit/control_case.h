/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_CONTROL_CASE_H
#define LANDER_TESTS_CONTROL_CASE_H

/* A control with its socket, and an order over it. */

#include "base/error.h"
#include "run/control.h"
#include "run/control_socket.h"
#include "run/report.h"

static char directory[] = "build/control-XXXXXX";
static char path[64];
static _Atomic bool stop;
static struct report *report;
static struct control *control;

static inline int prepare(void **state)
{
	const struct report_options options = {0};

	(void)state;
	atomic_store(&stop, false);
	if (report_open(&options, &report, NULL) < 0)
		return -1;
	return control_open(&(struct control_options){path, report, &stop},
			    &control, NULL);
}

static inline int finish(void **state)
{
	(void)state;
	control_close(control);
	report_close(report);
	return access(path, F_OK) == 0 ? -1 : 0;
}

static inline void answers(const char *order, int status, const char *words)
{
	char answer[CONTROL_SOCKET_ANSWER + 16] = "";
	struct error *error = NULL;

	if (control_socket_ask(path, order, answer, sizeof(answer), &error) < 0)
		fail_msg("'%s': %s", order, error->msg);
	if (strtol(answer, NULL, 10) != status || !strstr(answer, words))
		fail_msg("'%s' is answered '%s', not %d '%s'", order, answer,
			 status, words);
}

#endif
