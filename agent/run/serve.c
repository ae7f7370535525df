/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Source mode: this machine's disks are read by another lander.  No socket
 * listens before it is known who may read, and nothing that is started here
 * could write to a disk.
 */
#include "run/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "boot/handoff.h"
#include "config/config.h"
#include "config/config_check.h"
#include "run/console.h"
#include "run/migrate.h"
#include "run/outlets.h"
#include "run/report.h"
#include "run/serve_keys.h"
#include "run/serve_screen.h"
#include "serve/daemon.h"
#include "serve/offer.h"
#include "serve/power.h"

#define STEP_MS	   1000
#define LINES_STEP 64 /* of the server's, looked at before all else goes on */

struct serve {
	const struct config *config;
	struct report *report;
	bool machine;
	const _Atomic bool *stop;
	struct serve_keys keys;
	struct offers offers;
	struct daemon *daemon;
	struct power power;
};

static int start(struct serve *s, struct error **err)
{
	const char **disk = calloc(s->offers.served + 1, sizeof(*disk));
	struct daemon_order order = {
		.port = config_text(s->config, CONFIG_SERVE_PORT),
		.disk = disk,
		.host = &s->keys.host,
		.reader = s->keys.reader,
		.readers = s->keys.readers};
	size_t count = 0;
	int r;

	if (!disk)
		return error_memory(err);
	for (size_t i = 0; i < s->offers.count; i++) {
		const struct offer *offer = &s->offers.offer[i];

		if (!offer->left_out)
			disk[count++] = offer->disk.is_block ? offer->disk.name
							     : offer->disk.path;
	}
	r = daemon_start(&order, &s->daemon, err);
	free(disk);
	return r;
}

static int begin(struct serve *s, struct error **err)
{
	int r = config_check_serve(s->config, err);

	if (r == 0)
		r = serve_keys_read(s->config, &s->keys, err);
	if (r == 0)
		r = offer_disks(config_text(s->config, CONFIG_SERVE),
				s->machine, &s->offers, err);
	if (r == 0)
		r = start(s, err);
	return r;
}

static void switch_off(struct serve *s)
{
	struct error *error = NULL;

	report_say(s->report, "powering off; the disks are as they were");
	daemon_stop(s->daemon);
	s->daemon = NULL;
	outlets_deliver(report_outlets(s->report));
	(void)handoff_poweroff(&error);
	report_say(s->report, "power off: %s", error->msg);
	error_free(error);
}

/* What a person typed here; in the live system only. */
static bool is_told_to_end(struct serve *s)
{
	char line[64];

	if (!s->machine)
		return false;
	if (power_pressed(&s->power))
		return true;
	while (console_take(report_lines(s->report), line, sizeof(line))) {
		if (!strcmp(line, "poweroff"))
			return true;
		report_say(s->report, "poweroff ends it; nothing else can be "
				      "typed here");
	}
	return false;
}

/* Until it is to end, or the server is gone. */
static int watch(struct serve *s, struct serve_screen *screen,
		 struct error **err)
{
	struct pollfd fd = {.fd = daemon_fd(s->daemon), .events = POLLIN};
	char line[1024];

	while (!atomic_load(s->stop)) {
		serve_screen_step(screen, daemon_program(s->daemon));
		(void)poll(&fd, 1, STEP_MS);
		for (int i = 0; i < LINES_STEP &&
				daemon_line(s->daemon, line, sizeof(line));
		     i++)
			serve_screen_heard(screen, line);
		if (daemon_ended(s->daemon, err))
			return -EIO;
		if (is_told_to_end(s)) {
			switch_off(s);
			return error_set(err, ERROR_INTERNAL, 0,
					 "this machine can't be switched off");
		}
	}
	return 0;
}

static void tell_failure(const struct serve *s, const struct error *error)
{
	report_failed(s->report,
		      &(struct report_failure){
			      .stage = "serve",
			      .error = error,
			      .target = "nobody can read this machine's disks",
			      .source = "nothing was written to them",
			      .hint = "correct the parameter; lander.explain "
				      "shows every value and where it came "
				      "from"});
}

void serve_run(const struct config *config, struct report *report, bool machine,
	       const _Atomic bool *stop, struct migrate_end *ret_end)
{
	struct serve s = {.config = config,
			  .report = report,
			  .machine = machine,
			  .stop = stop};
	struct serve_screen screen = {.config = config,
				      .report = report,
				      .offers = &s.offers,
				      .keys = &s.keys};
	struct error *error = NULL;
	int r;

	*ret_end = (struct migrate_end){0};
	report_stage(report, "serve");
	r = begin(&s, &error);
	if (r == 0) {
		report_state(report, "serving");
		if (machine) {
			power_open(&s.power);
			console_listen(report_lines(report));
		}
		serve_screen_begin(&screen);
		r = watch(&s, &screen, &error);
	}
	daemon_stop(s.daemon);
	power_close(&s.power);
	serve_keys_done(&s.keys);
	offer_done(&s.offers);
	if (r < 0) {
		tell_failure(&s, error);
		ret_end->status = (int)error->kind;
	}
	error_free(error);
}
