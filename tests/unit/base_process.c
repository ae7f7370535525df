/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"

static void status_and_output_come_back(void **state)
{
	const char *argv[] = {"sh", "-c", "cat; echo out; echo err >&2; exit 3",
			      NULL};
	struct process process = {.argv = argv, .input = "in\n"};
	char *output = NULL;

	(void)state;
	assert_int_equal(process_run(&process, &output, NULL), 3);
	assert_string_equal(output, "in\nout\nerr\n");
	free(output);
}

static void a_missing_program_is_127(void **state)
{
	const char *argv[] = {"no-such-program-here", NULL};
	struct process process = {.argv = argv};

	(void)state;
	assert_int_equal(process_run(&process, NULL, NULL), 127);
}

static void the_last_line_is_in_the_error(void **state)
{
	const char *argv[] = {"sh", "-c", "echo first; echo last; exit 1",
			      NULL};
	struct process process = {.argv = argv};
	struct error *error = NULL;

	(void)state;
	assert_true(process_check(&process, ERROR_TARGET, &error) < 0);
	assert_int_equal(error->kind, ERROR_TARGET);
	assert_string_equal(error->msg, "sh exited with 1: last");
	error_free(error);
}

/* A daemon that a script starts must not hold the job. */
static void what_is_left_behind_is_not_waited_for(void **state)
{
	const char *argv[] = {"sh", "-c",
			      "(while sleep 0.1; do echo; done) & "
			      "yes | head -c 100000; echo last",
			      NULL};
	struct process process = {.argv = argv, .timeout_s = 30};
	double began = io_seconds();
	char *output = NULL;

	(void)state;
	assert_int_equal(process_run(&process, &output, NULL), 0);
	assert_true(io_seconds() - began < 20);
	assert_non_null(strstr(output, "\nlast\n"));
	free(output);
}

static void a_slow_child_is_ended(void **state)
{
	const char *argv[] = {"sh", "-c", "sleep 60 & wait", NULL};
	struct process process = {.argv = argv, .timeout_s = 1};
	struct error *error = NULL;
	double began = io_seconds();

	(void)state;
	assert_int_equal(process_run(&process, NULL, &error), -ETIMEDOUT);
	assert_non_null(error);
	error_free(error);
	assert_true(io_seconds() - began < 30);
}

/* As efibootmgr would, inside a firmware that does not come back. */
static void a_child_that_closed_its_output_is_ended(void **state)
{
	const char *argv[] = {
		"sh", "-c", "exec >/dev/null 2>&1 </dev/null; sleep 60", NULL};
	struct process process = {.argv = argv, .timeout_s = 1};
	struct error *error = NULL;
	double began = io_seconds();

	(void)state;
	assert_int_equal(process_run(&process, NULL, &error), -ETIMEDOUT);
	assert_non_null(error);
	error_free(error);
	assert_true(io_seconds() - began < 30);
}

static void a_flood_is_bounded(void **state)
{
	const char *argv[] = {"head", "-c", "3000000", "/dev/zero", NULL};
	struct process process = {.argv = argv};
	char *output = NULL;

	(void)state;
	assert_int_equal(process_run(&process, &output, NULL), 0);
	assert_non_null(output);
	free(output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_and_output_come_back),
		cmocka_unit_test(a_missing_program_is_127),
		cmocka_unit_test(the_last_line_is_in_the_error),
		cmocka_unit_test(what_is_left_behind_is_not_waited_for),
		cmocka_unit_test(a_slow_child_is_ended),
		cmocka_unit_test(a_child_that_closed_its_output_is_ended),
		cmocka_unit_test(a_flood_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
