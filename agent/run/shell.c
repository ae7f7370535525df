/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shell for a person at a console.  Whoever asks for one comes here; none
 * opens without the password of the job, but the rescue that somebody chose at
 * the boot menu of a machine that has no password.
 */
#include "run/shell.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "boot/handoff.h"
#include "config/config.h"
#include "run/report.h"

#define SHELL_MIN_S 5 /* a console that is gone answers at once, for ever */

struct kept {
	struct report *report;
	bool open;
	char console[64];
};

enum shell_end shell_open(const struct config *config, struct report *report,
			  const struct shell_order *order)
{
	const char *hash = config_text(config, CONFIG_PASSWORD);
	struct handoff_shell shell = {.console = report_console(report),
				      .stop = order->stop,
				      .seconds = order->seconds};
	struct error *error = NULL;
	double began = io_seconds();
	int r;

	if (!hash) {
		report_say(report, "no shell opens without lander.password");
		return SHELL_NONE;
	}
	r = handoff_password(hash, &error);
	if (r == 0) {
		report_say(report,
			   "a shell opens on %s for who has the password; "
			   "leaving it %s",
			   shell.console, order->then);
		r = handoff_shell(&shell, &error);
	}
	if (r < 0) {
		report_error(report, "shell", error);
		return SHELL_NONE;
	}
	if (io_seconds() - began < SHELL_MIN_S)
		(void)sleep(SHELL_MIN_S);
	return shell.cut ? SHELL_CUT : SHELL_LEFT;
}

static void *keep(void *owner)
{
	struct kept *kept = owner;

	for (;;) {
		struct handoff_shell shell = {.console = kept->console,
					      .open = kept->open};
		struct error *error = NULL;
		double began = io_seconds();

		if (handoff_shell(&shell, &error) < 0) {
			report_error(kept->report, "shell", error);
			break;
		}
		if (io_seconds() - began < SHELL_MIN_S)
			(void)sleep(SHELL_MIN_S);
	}
	free(kept);
	return NULL;
}

void shell_keep(const struct config *config, struct report *report,
		const char *console, bool open)
{
	const char *hash = config_text(config, CONFIG_PASSWORD);
	struct kept *kept;
	struct error *error = NULL;
	pthread_t thread;

	if ((!hash && !open) || access(console, R_OK | W_OK) < 0)
		return;
	if (hash && handoff_password(hash, &error) < 0) {
		report_error(report, "shell", error);
		return;
	}
	kept = calloc(1, sizeof(*kept));
	if (!kept)
		return;
	kept->report = report;
	kept->open = open && !hash;
	(void)snprintf(kept->console, sizeof(kept->console), "%s", console);
	if (pthread_create(&thread, NULL, keep, kept) == 0) {
		(void)pthread_detach(thread);
		return;
	}
	free(kept);
	log_warn("shell", "no thread for one on %s", console);
}
