/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_REPORT_ASK_H
#define LANDER_RUN_REPORT_ASK_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;
struct locked;
struct report;

/** report_ask(report, question, seconds, stop, ret, err): the question as
 *  report_say() says it, and console_ask_end().  report_ask_possible(report):
 *  whether there is a terminal to ask at. */
bool report_ask_possible(const struct report *report);
int report_ask(struct report *report, const char *question,
	       unsigned int seconds, const _Atomic bool *stop,
	       struct locked *ret, struct error **err);

#endif
