/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who may come into the live system, and where.  Nothing is open that the job
 * did not ask for, and none of its ways is without a password or a key.
 */
#include "run/access.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "config/config.h"
#include "config/config_check.h"
#include "run/outlets.h"
#include "run/report.h"
#include "run/shell.h"
#include "run/sshd.h"

#define SECOND_SCREEN "/dev/tty2"

static void open_second_screen(const struct config *config,
			       struct report *report)
{
	static bool opened;

	if (opened || !config_text(config, CONFIG_PASSWORD) ||
	    access(SECOND_SCREEN, R_OK | W_OK) < 0)
		return;
	opened = true;
	shell_keep(config, report, SECOND_SCREEN, false);
	report_say(report, "a shell is on tty2 (Alt-F2) for who has the "
			   "password");
}

int access_open(const struct config *config, struct report *report,
		bool machine, bool whole, struct error **err)
{
	static const enum config_key words[] = {CONFIG_SSHD, CONFIG_BREAK};

	for (size_t i = 0; !machine && i < sizeof(words) / sizeof(*words); i++)
		if (config_text(config, words[i]) &&
		    config_check_words(config, err) < 0)
			return -EINVAL;
		else if (config_text(config, words[i]))
			return error_set(err, ERROR_CONFIG, 0,
					 "%s: lander.%s is of the live system, "
					 "and this is none",
					 config_origin(config, words[i]),
					 config_parameter(words[i])->name);
	if (outlets_listen(report_outlets(report), config, whole, err) < 0)
		return -EINVAL;
	if (!machine)
		return 0;
	open_second_screen(config, report);
	return sshd_start(config, report, err);
}
