/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A break where there is nothing to wait for.  For tests/cmd, with WHAT HASH
 * ADDRESS HOSTKEY KEY DISK: holds that machine still, and a person at this
 * test's /dev/console finds a shell there.  WHAT that person does: "leave" it,
 * "stop" the job in it, or "sleep".
 */
#include <sys/mount.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "run/breakpoint.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/report.h"
#include "source/machine.h"
#include "source/source.h"

#define LIMIT_S 60.0
#define BREAK_S 15.0

static _Atomic bool stop;

static void other_stages_have_none(void **state)
{
	struct config config = {0};
	struct migrate m = {.config = &config, .stop = &stop};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(breakpoint_stop(&m, "verify", "", &err), 0);
	assert_int_equal(
		config_set(&config, "break", "commit", "test", 1, &err), 0);
	assert_int_equal(breakpoint_stop(&m, "verify", "", &err), 0);
	assert_true(breakpoint_stop(&m, "commit", "", &err) < 0);
	error_free(err);
	config_done(&config);
}

/* --- for other tests --------------------------------------------------- */

static int person;

static void type(const char *line)
{
	(void)!write(person, line, strlen(line));
}

/* Reads until such a text is there; typed again and again, as what comes before
 * somebody reads may be lost. */
static bool sees(const char *text, const char *typed)
{
	static char seen[1 << 16];
	static size_t had;
	double end = io_seconds() + LIMIT_S;
	double last = 0;

	while (io_seconds() < end) {
		struct pollfd fd = {.fd = person, .events = POLLIN};
		ssize_t n = 0;

		if (typed && io_seconds() - last > 1) {
			type(typed);
			last = io_seconds();
		}
		if (poll(&fd, 1, 100) > 0)
			n = read(person, seen + had, sizeof(seen) - 1 - had);
		if (n > 0)
			had += (size_t)n;
		seen[had] = '\0';
		if (strstr(seen, text))
			return true;
	}
	(void)fprintf(stderr, "no '%s' in '%s'\n", text, seen);
	return false;
}

static void *sit(void *what)
{
	if (!strcmp(what, "sleep") || !sees("assword", NULL))
		return NULL;
	if (!sees("# ", "sesame\n") ||
	    !sees("COUNT-42", "echo COUNT-$((40+2))\n"))
		return NULL;
	/* Time to see from outside that nothing writes. */
	(void)sleep(3);
	if (!strcmp(what, "leave"))
		type("exit\n");
	else
		atomic_store(&stop, true);
	return NULL;
}

static int open_console(void)
{
	person = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (person < 0 || grantpt(person) < 0 || unlockpt(person) < 0 ||
	    mount(ptsname(person), "/dev/console", NULL, MS_BIND, NULL) < 0) {
		perror("/dev/console");
		return -1;
	}
	return 0;
}

static int hold(struct migrate *m, char **argument, struct error **err)
{
	const struct source_spec spec = {.uri = argument[0],
					 .hostkey = argument[1],
					 .identity = argument[2]};
	const struct machine_stillness how = {.kind = WIRE_QUIESCE_AUTO};
	const struct report_options options = {0};
	int r = report_open(&options, &m->report, err);

	if (r == 0)
		r = machine_open(&spec, argument + 3, &stop, &m->live.machine,
				 err);
	if (r == 0)
		r = machine_quiesce(m->live.machine, &how, NULL, err);
	m->live.held = r == 0;
	m->live.on = true;
	m->live.held_since = io_seconds();
	return r;
}

static int drive(char **argument)
{
	struct config config = {0};
	struct migrate m = {.config = &config,
			    .stop = &stop,
			    .machine = true,
			    .break_s = BREAK_S};
	struct error *err = NULL;
	pthread_t sitter;
	int r = config_set(&config, "password", argument[1], "test", 1, &err);

	if (r == 0)
		r = config_set(&config, "break", "verify", "test", 1, &err);
	if (r == 0 && open_console() == 0)
		r = hold(&m, argument + 2, &err);
	if (r == 0 && pthread_create(&sitter, NULL, sit, argument[0]) == 0) {
		r = breakpoint_stop(&m, "verify", "/dev/x: half of it", &err);
		if (r == 0 && !atomic_load(&stop))
			r = machine_lost(m.live.machine);
		report_say(m.report, "the break is over: %d %s", r,
			   err ? err->msg : "");
		/* As run/migrate does after a failure or an order. */
		live_release(&m);
		report_say(m.report, "then %s", live_words(&m));
		(void)pthread_join(sitter, NULL);
	} else if (err) {
		(void)fprintf(stderr, "%s\n", err->msg);
	}
	live_done(&m);
	report_close(m.report);
	config_done(&config);
	error_free(err);
	return r ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_stages_have_none),
	};

	if (argc > 6)
		return drive(argv + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
