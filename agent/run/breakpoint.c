/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stop before a stage, with a shell, for who wants to look.  Everybody may
 * wait for a person but a source that stands still: that is told, and has an
 * end.
 */
#include "run/breakpoint.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "config/config_check.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/shell.h"
#include "source/wire.h"

#define HELD_S 300.0 /* config_table.c tells people of it */

static bool is_waiting(const struct migrate *m)
{
	return m->live.held && !m->live.fenced;
}

static double limit_of(const struct migrate *m)
{
	return m->break_s > 0 ? m->break_s : HELD_S;
}

static void tell(const struct migrate *m, const char *stage, const char *target)
{
	report_say(m->report, "break before the stage %s, as lander.break asks",
		   stage);
	report_say(m->report, "  %s", target);
	if (m->live.fenced)
		report_say(m->report,
			   "  the source is off: until this job is done nobody "
			   "does its work");
	else if (is_waiting(m))
		report_say(m->report,
			   "  the source STANDS STILL, since %.0f s: after "
			   "%.0f s in the shell this job ends and lets it go "
			   "on; were this machine gone, it would go on by "
			   "itself after %u s",
			   io_seconds() - m->live.held_since, limit_of(m),
			   WIRE_RENEW_S);
	else if (m->live.on)
		report_say(m->report, "  the source runs; what it writes "
				      "meanwhile is copied later");
	report_say(m->report, "  'lander abort' in the shell ends the job, "
			      "'lander status' and 'lander plan' tell of it");
}

int breakpoint_stop(struct migrate *m, const char *stage, const char *target,
		    struct error **err)
{
	const struct shell_order order = {.then = "goes on with the job",
					  .stop = m->stop,
					  .seconds = is_waiting(m) ? limit_of(m)
								   : 0};
	enum shell_end end;

	if (!config_lists(m->config, CONFIG_BREAK, stage))
		return 0;
	if (config_check_words(m->config, err) < 0)
		return -EINVAL;
	if (!m->machine)
		return error_set(err, ERROR_REFUSED, 0,
				 "lander.break: it opens a shell of the live "
				 "system, and this is none");
	tell(m, stage, target);
	report_state(m->report, "break");
	end = shell_open(m->config, m->report, &order);
	report_state(m->report, "running");
	if (end == SHELL_NONE)
		return error_set(err, ERROR_REFUSED, 0,
				 "lander.break: no shell could be opened");
	if (end == SHELL_CUT && !atomic_load(m->stop))
		return error_set(err, ERROR_ABORTED, 0,
				 "lander.break: nobody left the shell, and the "
				 "source stood still for %.0f s in it",
				 limit_of(m));
	if (end == SHELL_LEFT)
		report_say(m->report, "going on with the stage %s", stage);
	return 0;
}
