/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What follows the last stage.  It leaves this machine by the way that was
 * asked for, and says so first; a way that fails is told and the next safer
 * one is taken.
 */
#include "run/handover.h"

#include <stdbool.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "boot/handoff.h"
#include "config/config.h"
#include "run/bootdisk.h"
#include "run/control.h"
#include "run/migrate.h"
#include "run/outlets.h"
#include "run/report.h"
#include "run/shell.h"

#define RETRY_S	    60
#define HEARTBEAT_S 60
#define READ_S	    10 /* for a person who stands there */

static void do_poweroff(struct report *report)
{
	struct error *error = NULL;

	(void)handoff_poweroff(&error);
	report_error(report, "power off", error);
}

/* Returns when the machine could not be left. */
static void leave(const struct config *config, struct report *report,
		  const struct migrate_end *end)
{
	const struct bootdisk disk = {end->boot_disk, end->job, end->arrived};

	outlets_deliver(report_outlets(report));
	/* Whatever was to follow the migration did so when it ended. */
	if (!end->arrived && config_is(config, CONFIG_AFTER, "poweroff")) {
		report_say(report, "powering off");
		do_poweroff(report);
		return;
	}
	if (!end->arrived && config_is(config, CONFIG_AFTER, "reboot")) {
		report_say(report, "rebooting");
		bootdisk_reboot(report);
		return;
	}
	if (!end->arrived && config_is(config, CONFIG_AFTER, "kexec"))
		bootdisk_kexec(report, disk.path);
	bootdisk_start(report, &disk);
}

/* A heartbeat line every minute; 0 seconds is for ever. */
static void wait_for(struct report *report, unsigned int seconds,
		     const char *text)
{
	double began = io_seconds();

	if (seconds) {
		(void)sleep(seconds);
		return;
	}
	report_say(report, "%s; this machine waits for a person", text);
	for (;;) {
		(void)sleep(HEARTBEAT_S);
		report_say(report, "%s; waiting for %.0f min", text,
			   (io_seconds() - began) / 60);
	}
}

/* The same after a failure, where somebody may order another try; seconds, or
 * without an end.  Then the job is to be tried again. */
static void wait_to_retry(struct report *report, struct control *orders,
			  unsigned int seconds, const char *text)
{
	double began = io_seconds();
	bool again = seconds && control_wait_again(orders, seconds);

	if (!seconds)
		report_say(report,
			   "%s; this machine waits for a person: 'retry' and "
			   "Enter, or lander retry, starts the job again",
			   text);
	while (!seconds && !again) {
		again = control_wait_again(orders, HEARTBEAT_S);
		if (!again)
			report_say(report, "%s; waiting for %.0f min", text,
				   (io_seconds() - began) / 60);
	}
	control_phase(orders, CONTROL_IDLE);
	if (again)
		report_say(report, "starting again, by order");
	report_state(report, "running");
}

void handover_after(const struct config *config, struct report *report,
		    const struct migrate_end *end)
{
	/* Whatever is there already, it was not to be started. */
	bool waits = end->dryrun || config_switch(config, CONFIG_DRYRUN) ||
		     config_switch(config, CONFIG_REHEARSE);

	report_stage(report, "hand-over");
	report_state(report, "done");
	if (waits)
		wait_for(report, 0,
			 config_switch(config, CONFIG_DRYRUN)
				 ? "dry run finished"
				 : "rehearsal finished");
	/* Whoever starts this machine next: its firmware knows the disk. */
	if (!end->arrived && !config_is(config, CONFIG_AFTER, "disk"))
		bootdisk_keep(report, end->boot_disk);
	if (!end->arrived && config_is(config, CONFIG_AFTER, "wait"))
		wait_for(report, 0, "finished");
	leave(config, report, end);
	wait_for(report, 0, "finished, but this machine could not be left");
}

void handover_onfail(const struct config *config, struct report *report,
		     struct control *orders, const struct migrate_end *end)
{
	static const struct shell_order again = {.then = "tries the job again"};

	/* Who gave up wants no second try, and has not failed. */
	if (end->status == ERROR_ABORTED &&
	    !config_is(config, CONFIG_ONFAIL, "shell")) {
		wait_to_retry(report, orders, 0, "aborted by order");
		return;
	}
	if (config_is(config, CONFIG_ONFAIL, "reboot")) {
		report_say(report, "rebooting in %d s, as lander.onfail asks",
			   READ_S);
		wait_for(report, READ_S, NULL);
		outlets_deliver(report_outlets(report));
		bootdisk_reboot(report);
	} else if (config_is(config, CONFIG_ONFAIL, "poweroff")) {
		report_say(report,
			   "powering off in %d s, as lander.onfail asks",
			   READ_S);
		wait_for(report, READ_S, NULL);
		outlets_deliver(report_outlets(report));
		do_poweroff(report);
	} else if (config_is(config, CONFIG_ONFAIL, "shell")) {
		if (shell_open(config, report, &again) != SHELL_NONE) {
			report_state(report, "running");
			return;
		}
	} else if (end->retry) {
		report_say(report, "trying again in %d s", RETRY_S);
		wait_to_retry(report, orders, RETRY_S, NULL);
		return;
	}
	wait_to_retry(report, orders, 0, "waiting after the failure above");
}
