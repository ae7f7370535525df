/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A question to who sits at a console, in the voice of the report.
 */
#include "run/report_ask.h"

#include "base/error.h"
#include "run/console_ask.h"
#include "run/report.h"

int report_ask(struct report *report, const char *question,
	       unsigned int seconds, const _Atomic bool *stop,
	       struct locked *ret, struct error **err)
{
	struct console_asking *asking = console_ask_begin(report_lines(report));

	if (!asking)
		return error_set(err, ERROR_CONFIG, 0,
				 "nobody can type anything here");
	report_say(report, "%s", question);
	return console_ask_end(asking, seconds, stop, ret, err);
}

bool report_ask_possible(const struct report *report)
{
	return console_ask_possible(report_lines(report));
}
