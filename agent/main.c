/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * argv, log, config, migrate, exit status.  Started by the live system it
 * never ends: it hands over, tries again, or waits and says why.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "config/config.h"
#include "config/load.h"
#include "run/access.h"
#include "run/assess.h"
#include "run/control.h"
#include "run/control_send.h"
#include "run/credential.h"
#include "run/facts.h"
#include "run/filecopy.h"
#include "run/handover.h"
#include "run/help.h"
#include "run/inspection.h"
#include "run/jobfile.h"
#include "run/kscheck.h"
#include "run/migrate.h"
#include "run/netfiles.h"
#include "run/outlets.h"
#include "run/report.h"
#include "run/rescue.h"
#include "run/serve.h"
#include "run/uplink.h"
#include "run/wizard.h"

static _Atomic bool stop;

struct options {
	struct load load;
	struct control *orders;
	bool boot;
	bool wizard;
	bool explain;
	const char *status;
	const char *log;
	const char *control;
};

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stop, true);
}

/* Nothing that is opened later may become descriptor 0, 1 or 2: what a
 * library prints would land on a disk. */
static void hold_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		(void)close(fd);
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
}

static const char *value_of(const char *word, const char *option)
{
	size_t length = strlen(option);

	return !strncmp(word, option, length) && word[length] == '='
		       ? word + length + 1
		       : NULL;
}

/* Returns 0 to go on, else the exit status with 256 added. */
static int read_options(char **argv, struct options *options)
{
	char **kept = argv;

	options->load.words = argv;
	for (; *argv; argv++) {
		const char *value;

		if (!strcmp(*argv, "--boot"))
			options->boot = options->load.machine = true;
		else if (!strcmp(*argv, "--explain"))
			options->explain = true;
		else if (!strcmp(*argv, "--help"))
			return 256 + help_print();
		else if (!strcmp(*argv, "--version"))
			return 256 +
			       (printf("lander " LANDER_VERSION "\n") < 0);
		else if ((value = value_of(*argv, "--cmdline")))
			options->load.cmdline = value;
		else if ((value = value_of(*argv, "--kickstart")))
			options->load.kickstart = value;
		else if ((value = value_of(*argv, "--status")))
			options->status = value;
		else if ((value = value_of(*argv, "--log")))
			options->log = value;
		else if ((value = value_of(*argv, "--control")))
			options->control = value;
		else if ((*argv)[0] == '-') {
			(void)fprintf(stderr,
				      "lander: no option '%s'; see lander "
				      "--help\n",
				      *argv);
			return 256 + ERROR_CONFIG;
		} else {
			*kept++ = *argv;
		}
	}
	*kept = NULL;
	return 0;
}

static void set_level(const struct config *config)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	for (int i = 0; i < 4; i++)
		if (config_is(config, CONFIG_LOGLEVEL, names[i]))
			log_set_level((enum log_level)i);
}

static void explain(const struct config *config, struct report *report)
{
	char *text = NULL;

	if (config_explain(config, &text, NULL) == 0)
		report_text(report, text);
	free(text);
}

static void tell_failure(struct report *report, struct error *error,
			 struct migrate_end *end)
{
	bool network = error->kind == ERROR_NETWORK;
	struct report_failure failure = {
		.stage = "job",
		.error = error,
		.target = "the target disks were not touched",
		.source = "the source was not contacted",
		.hint = network ? "check the network and the server of "
				  "lander.config"
				: "correct what the message names; lander "
				  "--help lists every parameter"};

	report_failed(report, &failure);
	*end = (struct migrate_end){.status = (int)error->kind,
				    .retry = network};
	error_free(error);
}

/* Words first, and what they name; a rescue waits for no server. */
static int load_job(const struct options *options, struct report *report,
		    struct config *config, struct error **err)
{
	const struct jobfile_order order = {report, options->boot, &stop};
	int r = load_config(&options->load, config, err);

	if (r == 0)
		set_level(config);
	if (r == 0 && !options->explain)
		r = access_open(config, report, options->boot, false, err);
	if (r < 0 || config_text(config, CONFIG_RESCUE))
		return r;
	r = jobfile_take(config, &order, err);
	if (r == 0 && !options->explain)
		r = access_open(config, report, options->boot, true, err);
	return r;
}

static void run_once(const struct options *options, struct report *report,
		     struct config *config, struct migrate_end *end)
{
	struct error *error = NULL;

	if (load_job(options, report, config, &error) < 0) {
		/* Whoever can be told is: a slip elsewhere is news, too. */
		if (!options->explain)
			(void)outlets_listen(report_outlets(report), config,
					     false, NULL);
		tell_failure(report, error, end);
		return;
	}
	set_level(config);
	if (options->explain || config_switch(config, CONFIG_EXPLAIN))
		explain(config, report);
	if (options->explain) {
		*end = (struct migrate_end){0};
		return;
	}
	if (config_text(config, CONFIG_RESCUE))
		rescue_run(config, report, options->boot, end);
	else if (config_text(config, CONFIG_SERVE))
		serve_run(config, report, options->boot, &stop, end);
	else
		migrate_run(config, report, options->orders, options->boot,
			    end);
}

/* Without a socket a person still has the consoles. */
static int open_orders(struct options *options, struct report *report)
{
	struct control_options control = {options->control, report, &stop};
	struct error *error = NULL;
	int r = control_open(&control, &options->orders, &error);

	if (r == 0)
		return 0;
	report_say(report, "no orders can be taken: %s", error->msg);
	error_clear(&error);
	control.path = NULL;
	return control_open(&control, &options->orders, NULL);
}

/* What main() may use once it speaks. */
static void default_paths(struct options *options)
{
	if (!options->boot)
		return;
	if (!options->log)
		options->log = "/run/lander/log";
	if (!options->status)
		options->status = "/run/lander/status.json";
	if (!options->control)
		options->control = CONTROL_PATH;
}

/* What the wizard runs. */
struct job {
	const struct options *options;
	struct report *report;
	struct config *config;
};

static void run_typed(void *owner, struct migrate_end *end)
{
	struct job *job = owner;

	config_done(job->config);
	*end = (struct migrate_end){0};
	run_once(job->options, job->report, job->config, end);
}

static struct wizard_job wizard_job(struct options *options, struct job *job)
{
	return (struct wizard_job){.load = &options->load,
				   .report = job->report,
				   .orders = options->orders,
				   .machine = options->boot,
				   .given = options->boot ? job->config : NULL,
				   .stop = &stop,
				   .run = run_typed,
				   .owner = job};
}

/* At a shell. */
static void run_wizard(struct options *options, struct report *report,
		       struct config *config, struct migrate_end *end)
{
	struct job job = {options, report, config};
	const struct wizard_job wizard = wizard_job(options, &job);
	struct error *error = NULL;
	int r = wizard_run(&wizard, NULL, end, &error);

	wizard_forget(&options->load);
	if (r == 0)
		return;
	if (r > 0) {
		report_say(report, "left; nothing was touched");
		end->status = ERROR_ABORTED;
		return;
	}
	end->status = (int)error->kind;
	report_error(report, "wizard", error);
}

/* The live system's life: until this machine is somebody else. */
static void run_machine(struct options *options, struct report *report)
{
	struct error *error = NULL;

	facts_start(report);
	if (uplink_start(report, &error) < 0) {
		report_say(report, "network: %s", error->msg);
		error_clear(&error);
	}
	for (;;) {
		struct config config = {0};
		struct migrate_end end = {0};
		struct job job = {options, report, &config};
		const struct wizard_job wizard = wizard_job(options, &job);

		run_once(options, report, &config, &end);
		if (end.status == ERROR_CONFIG && wizard_is_due(&config) &&
		    !wizard_live(&wizard, &end)) {
			config_done(&config);
			continue;
		}
		/* Told to go, with the system around it. */
		if (config_text(&config, CONFIG_SERVE) && atomic_load(&stop))
			exit(0);
		if (end.status == 0) {
			credential_forget();
			handover_after(&config, report, &end);
		} else
			handover_onfail(&config, report, options->orders, &end);
		control_forgive(options->orders);
		config_done(&config);
	}
}

/* What is no job; -1: it is one. */
static int run_command(int argc, char **argv)
{
	const char *name = argc >= 2 ? argv[1] : "";

	if (argc == 2 && !strcmp(name, "network"))
		return netfiles_run();
	if (!strcmp(name, "ks-check"))
		return kscheck_run(argv + 2);
	if (argc >= 2 && control_send_is(argv + 1))
		return control_send(argv + 1);
	catch_signals();
	if (!strcmp(name, "check"))
		return assess_run(argv + 2, &stop);
	if (!strcmp(name, "inspect"))
		return inspection_run(argv + 2);
	return strcmp(name, "files") ? -1 : filecopy_run(argv + 2, &stop);
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct config config = {0};
	struct migrate_end end = {0};
	struct report *report = NULL;
	struct error *error = NULL;
	int r;

	hold_standard();
	r = run_command(argc, argv);
	if (r >= 0)
		return r;
	options.wizard = argc >= 2 && !strcmp(argv[1], "wizard");
	r = read_options(argv + 1 + options.wizard, &options);
	if (r)
		return r - 256;
	default_paths(&options);
	if (options.log && log_open(options.log, &error) < 0) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		error_clear(&error);
	}
	if (report_open(&(struct report_options){options.boot, options.status,
						 options.log},
			&report, &error) < 0) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		return ERROR_INTERNAL;
	}
	report_say(report, "lander " LANDER_VERSION);
	if (open_orders(&options, report) < 0) {
		report_close(report);
		return ERROR_INTERNAL;
	}
	if (options.boot)
		run_machine(&options, report);
	if (options.wizard)
		run_wizard(&options, report, &config, &end);
	else
		run_once(&options, report, &config, &end);
	credential_forget();
	if (end.status == 0)
		report_state(report, "done");
	config_done(&config);
	control_close(options.orders);
	report_close(report);
	log_close();
	return end.status;
}
