/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who lets the source go while a conversion runs.  Alone: nothing is watched
 * that is not held.  For tests/cmd, with ADDRESS HOSTKEY KEY DISK: holds that
 * machine still, is told to stop while it does what looks at no order, and says
 * what became of it when that is over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "run/live.h"
#include "run/migrate.h"
#include "run/release.h"
#include "run/report.h"
#include "source/machine.h"
#include "source/source.h"

#define BUSY_S 9

static _Atomic bool stop;

static void nothing_is_watched_that_is_not_held(void **state)
{
	struct migrate m = {.stop = &stop};

	(void)state;
	atomic_store(&stop, true);
	release_watch(&m);
	assert_false(m.live.watched);
	release_end(&m);
	m.live.held = m.live.fenced = true;
	release_watch(&m);
	assert_false(m.live.watched);
	release_end(&m);
	assert_true(m.live.held);
}

static void its_end_is_not_waited_for(void **state)
{
	struct migrate m = {.stop = &stop, .live = {.held = true}};
	double began = io_seconds();

	(void)state;
	atomic_store(&stop, false);
	release_watch(&m);
	assert_true(m.live.watched);
	release_end(&m);
	assert_true(m.live.held);
	assert_true(io_seconds() - began < 5);
}

/* --- for other tests --------------------------------------------------- */

static int hold(struct migrate *m, char **argument)
{
	const struct source_spec spec = {.uri = argument[0],
					 .hostkey = argument[1],
					 .identity = argument[2]};
	const struct machine_stillness how = {.kind = WIRE_QUIESCE_AUTO};
	const struct report_options options = {0};
	struct error *err = NULL;
	int r = report_open(&options, &m->report, &err);

	if (r == 0)
		r = machine_open(&spec, argument + 3, &stop, &m->live.machine,
				 &err);
	if (r == 0)
		r = machine_quiesce(m->live.machine, &how, NULL, &err);
	if (r < 0)
		(void)fprintf(stderr, "%s\n", err->msg);
	error_free(err);
	m->live.held = r == 0;
	m->live.held_since = io_seconds();
	return r;
}

static void busy(unsigned int seconds)
{
	while (seconds)
		seconds = sleep(seconds);
}

static int drive(char **argument)
{
	struct migrate m = {.stop = &stop};

	if (hold(&m, argument) < 0)
		return 1;
	release_watch(&m);
	report_say(m.report, "the conversion begins");
	busy(2);
	atomic_store(&stop, true);
	busy(BUSY_S);
	release_end(&m);
	report_say(m.report, "the conversion is over; held: %d", m.live.held);
	live_done(&m);
	report_close(m.report);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_watched_that_is_not_held),
		cmocka_unit_test(its_end_is_not_waited_for),
	};

	if (argc > 3)
		return drive(argv + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
