/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shell on a terminal: it is left, it is ended by an order, and by the time
 * that it may last.  sulogin(8) is the real one; the terminal is the test's. */
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
#include "boot/handoff.h"

#define LIMIT_S 30.0

static int person;
static char seen[1 << 16];
static size_t had;
static _Atomic bool stop;

static int prepare(void **state)
{
	(void)state;
	had = 0;
	atomic_store(&stop, false);
	person = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return person < 0 || grantpt(person) < 0 || unlockpt(person) < 0 ? -1
									 : 0;
}

static int finish(void **state)
{
	(void)state;
	return close(person);
}

static bool sees(const char *text)
{
	struct pollfd fd = {.fd = person, .events = POLLIN};
	ssize_t n;

	if (poll(&fd, 1, 100) > 0) {
		n = read(person, seen + had, sizeof(seen) - 1 - had);
		if (n > 0)
			had += (size_t)n;
	}
	seen[had] = '\0';
	return strstr(seen, text);
}

/* Who sits there: asks the shell to count, says what came of it, and then does
 * what the test is about. */
static void *sit(void *what)
{
	double end = io_seconds() + LIMIT_S;
	static const char line[] = "\necho COUNT-$((40+2))\n";
	double typed = 0;

	while (!sees("COUNT-42") && io_seconds() < end)
		if (io_seconds() - typed > 2) {
			/* What is typed before the shell reads may be lost. */
			(void)!write(person, line, strlen(line));
			typed = io_seconds();
		}
	if (!strcmp(what, "exit"))
		(void)!write(person, "exit 3\n", strlen("exit 3\n"));
	if (!strcmp(what, "stop"))
		atomic_store(&stop, true);
	return NULL;
}

static void open_one(const char *what, double seconds,
		     struct handoff_shell *shell)
{
	struct error *error = NULL;
	char name[64];
	pthread_t sitter;
	double began = io_seconds();

	(void)snprintf(name, sizeof(name), "%s", ptsname(person));
	*shell = (struct handoff_shell){.console = name,
					.open = true,
					.stop = &stop,
					.seconds = seconds};
	assert_int_equal(pthread_create(&sitter, NULL, sit, (void *)what), 0);
	if (handoff_shell(shell, &error) < 0)
		fail_msg("%s", error->msg);
	assert_int_equal(pthread_join(sitter, NULL), 0);
	if (!strstr(seen, "COUNT-42"))
		fail_msg("no shell: '%s'", seen);
	assert_true(io_seconds() - began < LIMIT_S + seconds);
}

static void leaving_it_is_no_cut(void **state)
{
	struct handoff_shell shell;

	(void)state;
	open_one("exit", 0, &shell);
	assert_false(shell.cut);
}

static void an_order_ends_it(void **state)
{
	struct handoff_shell shell;

	(void)state;
	open_one("stop", 0, &shell);
	assert_true(shell.cut);
}

static void its_time_ends_it(void **state)
{
	struct handoff_shell shell;
	double began = io_seconds();

	(void)state;
	open_one("wait", 8, &shell);
	assert_true(shell.cut);
	assert_true(io_seconds() - began >= 8);
}

static void no_terminal_is_told(void **state)
{
	struct handoff_shell shell = {.console = "/dev/nothing", .open = true};
	struct error *error = NULL;

	(void)state;
	assert_true(handoff_shell(&shell, &error) < 0);
	assert_non_null(strstr(error->msg, "can't run on /dev/nothing"));
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_terminal_is_told),
		cmocka_unit_test_setup_teardown(leaving_it_is_no_cut, prepare,
						finish),
		cmocka_unit_test_setup_teardown(an_order_ends_it, prepare,
						finish),
		cmocka_unit_test_setup_teardown(its_time_ends_it, prepare,
						finish),
	};

	/* No terminal of ours may become the shell's. */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
