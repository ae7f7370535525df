/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A live system without a job: for a person who chose that at the boot menu.
 * Where the job has a password, it is asked for; where there is none, nobody is
 * kept out, who could have written what he liked into that menu's line.
 */
#include "run/rescue.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "config/config.h"
#include "run/console.h"
#include "run/facts.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/shell.h"

/* "tty0" is whichever screen is looked at. */
static const char *terminal_of(const char *console)
{
	return strcmp(console, "/dev/tty0") != 0 ? console : "/dev/tty1";
}

static void open_shells(const struct config *config, struct report *report)
{
	const struct console *consoles = report_lines(report);
	const char *console;

	report_say(report,
		   "a shell is on every console%s; 'lander rescue=facts' "
		   "tells of this machine again, 'reboot -f' leaves it",
		   config_text(config, CONFIG_PASSWORD)
			   ? " for who has the password"
			   : "");
	for (size_t i = 0; (console = console_terminal(consoles, i)); i++)
		shell_keep(config, report, terminal_of(console), true);
}

void rescue_run(const struct config *config, struct report *report,
		bool machine, struct migrate_end *ret_end)
{
	bool shell = config_is(config, CONFIG_RESCUE, "shell");

	*ret_end = (struct migrate_end){0};
	if (shell && !machine) {
		report_say(report,
			   "%s: lander.rescue=shell is of the live "
			   "system, and this is none",
			   config_origin(config, CONFIG_RESCUE));
		ret_end->status = ERROR_CONFIG;
		return;
	}
	report_stage(report, "rescue");
	facts_tell(report);
	report_say(report, "no job is run here, and nothing was written");
	if (!machine)
		return;
	if (shell)
		open_shells(config, report);
	else
		report_say(report, "this machine waits; switch it off or reset "
				   "it when you have read this");
	report_state(report, "waiting");
	for (;;)
		(void)pause();
}
