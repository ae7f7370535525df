/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
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
#include "control_case.h"
#include "copy/throttle.h"
#include "run/handover.h"
#include "run/migrate.h"

static void a_plan_is_told_again_line_by_line(void **state)
{
	(void)state;
	control_phase(control, CONTROL_RUNNING);
	report_say(report, "before");
	report_keep(report, true);
	report_text(report, "plan:\n  vda to vdb\n");
	report_keep(report, false);
	report_say(report, "after");
	answers("plan", 0, "0 plan:\n  vda to vdb");
	report_keep(report, true);
	for (int i = 0; i < 2000; i++)
		report_say(report, "a line of a plan without an end");
	report_keep(report, false);
	answers("plan", 0, "\n(the rest is in the log)");
	report_job(report, "another");
	answers("plan", 3, "there is no plan yet");
}

static void a_pause_ends_with_what_it_paused(void **state)
{
	struct throttle *throttle = control_throttle(control);

	(void)state;
	control_phase(control, CONTROL_RUNNING);
	answers("pause", 0, "paused by order");
	assert_true(throttle_paused(throttle));
	control_phase(control, CONTROL_OPEN);
	assert_true(throttle_paused(throttle));
	control_phase(control, CONTROL_COPIED);
	assert_false(throttle_paused(throttle));
	control_phase(control, CONTROL_OPEN);
	answers("throttle 20M", 0, "20 MB/s");
	assert_int_equal(throttle_rate(throttle), 20000000);
	answers("throttle 0.8M", 0, "0.8 MB/s");
	assert_int_equal(throttle_rate(throttle), 800000);
}

static char resume_word[] = "resume";
static char abort_word[] = "abort";
static char retry_word[] = "retry";

static void *give_later(void *order)
{
	(void)usleep(300000);
	answers(order, 0, "");
	return NULL;
}

/* A source is not stopped behind the back of who said pause. */
static void the_cutover_waits_for_a_paused_job(void **state)
{
	double began = io_seconds();
	pthread_t thread;
	double rest;

	(void)state;
	control_phase(control, CONTROL_OPEN);
	rest = io_seconds() - control_seconds(control);
	answers("pause", 0, "paused by order");
	assert_int_equal(pthread_create(&thread, NULL, give_later, resume_word),
			 0);
	/* What it would be stopped for has to be looked at again. */
	assert_false(control_settle(control));
	assert_true(control_rest(control));
	assert_true(io_seconds() - began > 0.25);
	rest = io_seconds() - control_seconds(control) - rest;
	assert_true(rest > 0.25 && rest < io_seconds() - began);
	(void)pthread_join(thread, NULL);
	answers("pause", 0, "paused by order");
	answers("resume", 0, "going on");
	assert_true(control_settle(control));
	answers("pause", 3, "not now");
	control_phase(control, CONTROL_OPEN);
	answers("pause", 0, "paused by order");
	assert_int_equal(pthread_create(&thread, NULL, give_later, abort_word),
			 0);
	assert_false(control_rest(control));
	(void)pthread_join(thread, NULL);
	assert_false(control_settle(control));
	answers("pause", 0, "already");
}

/* As the live system waits: for a person, or a minute for the network. */
static void an_order_starts_a_failed_job_again(void **state)
{
	static const enum error_kind kinds[] = {ERROR_TARGET, ERROR_NETWORK,
						ERROR_ABORTED};
	struct config config = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct migrate_end end = {.status = (int)kinds[i],
					  .retry = kinds[i] == ERROR_NETWORK};
		double began = io_seconds();
		pthread_t thread;

		control_phase(control, CONTROL_IDLE);
		assert_int_equal(
			pthread_create(&thread, NULL, give_later, retry_word),
			0);
		handover_onfail(&config, report, control, &end);
		assert_true(io_seconds() - began < 30);
		(void)pthread_join(thread, NULL);
		answers("retry", 3, "no job waits");
	}
}

static void *type_later(void *keyboard)
{
	(void)usleep(300000);
	assert_int_equal(write(*(int *)keyboard, "retry\n", 6), 6);
	return NULL;
}

/* There is no other way to say it where no shell is. */
static void a_console_starts_a_failed_job_again(void **state)
{
	int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	int input = dup(0);
	int terminal;

	assert_true(keyboard >= 0 && input >= 0);
	assert_int_equal(grantpt(keyboard), 0);
	assert_int_equal(unlockpt(keyboard), 0);
	terminal = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0 && dup2(terminal, 0) == 0);
	assert_int_equal(prepare(state), 0);
	for (int i = 0; i < 2; i++) {
		pthread_t thread;

		control_phase(control, CONTROL_RUNNING);
		assert_int_equal(
			pthread_create(&thread, NULL, type_later, &keyboard),
			0);
		assert_true(control_wait_again(control, 60));
		(void)pthread_join(thread, NULL);
	}
	assert_int_equal(finish(state), 0);
	assert_int_equal(dup2(input, 0), 0);
	(void)close(input);
	(void)close(terminal);
	(void)close(keyboard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_plan_is_told_again_line_by_line, prepare, finish),
		cmocka_unit_test_setup_teardown(
			a_pause_ends_with_what_it_paused, prepare, finish),
		cmocka_unit_test_setup_teardown(
			the_cutover_waits_for_a_paused_job, prepare, finish),
		cmocka_unit_test_setup_teardown(
			an_order_starts_a_failed_job_again, prepare, finish),
		cmocka_unit_test(a_console_starts_a_failed_job_again),
	};
	int failed;

	if (!mkdtemp(directory))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(directory);
	return failed;
}
