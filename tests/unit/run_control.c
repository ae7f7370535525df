/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
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
#include "control_case.h"
#include "run/control.h"
#include "run/control_socket.h"
#include "run/report.h"

static void only_its_owner_may_order(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
}

struct row {
	enum control_phase phase;
	const char *order;
	int status;
	const char *words;
};

static const struct row rows[] = {
	{CONTROL_IDLE, "status", 0, "running, stage none yet"},
	{CONTROL_IDLE, "cutover", 3, "nothing waits for a cutover: running"},
	{CONTROL_IDLE, "abort", 3, "no job runs"},
	{CONTROL_RUNNING, "status", 0, "running"},
	{CONTROL_RUNNING, "cutover", 3, "nothing waits for a cutover"},
	{CONTROL_OPEN, "cutover", 0, "the cutover is ordered: "},
	{CONTROL_OPEN, "cutover", 0, "ordered already"},
	{CONTROL_STOPPED, "cutover", 3, "the cutover is under way"},
	{CONTROL_STOPPED, "status", 0, "running"},
	{CONTROL_COMMIT, "cutover", 3, "under way"},
	{CONTROL_COMMIT, "abort", 3, "too late"},
	{CONTROL_OPEN, "", 2, "no such order"},
	{CONTROL_OPEN, "CUTOVER", 2, "no such order"},
	{CONTROL_OPEN, "cutover now", 2, "no such order"},
	{CONTROL_OPEN, "%s%n", 2, "no such order"},
	{CONTROL_IDLE, "plan", 3, "no plan yet"},
	{CONTROL_IDLE, "pause", 3, "no job runs"},
	{CONTROL_WAITING, "pause", 3, "no job runs"},
	{CONTROL_WAITING, "abort", 3, "no job runs"},
	{CONTROL_WAITING, "cutover", 3, "nothing waits for a cutover"},
	{CONTROL_RUNNING, "resume", 3, "nothing is paused"},
	{CONTROL_RUNNING, "pause", 0, "nothing more is read"},
	{CONTROL_OPEN, "pause", 0, "already"},
	{CONTROL_OPEN, "status", 0, "stage none yet, paused by order"},
	{CONTROL_OPEN, "cutover", 3, "'resume' comes before"},
	{CONTROL_OPEN, "resume", 0, "going on"},
	{CONTROL_OPEN, "resume", 3, "nothing is paused"},
	{CONTROL_COPIED, "pause", 3, "nothing is read"},
	{CONTROL_STOPPED, "pause", 3, "not now: the source, or a snapshot"},
	{CONTROL_COMMIT, "pause", 3, "too late"},
	{CONTROL_OPEN, "throttle", 2, "no such order"},
	{CONTROL_OPEN, "throttle 20", 2, "64K..1000G"},
	{CONTROL_OPEN, "throttle fast", 2, "'fast' is not a rate"},
	{CONTROL_OPEN, "throttle 1.5G", 0, "1.5e+03 MB"},
	{CONTROL_OPEN, "throttle off", 0, "without a limit"},
	{CONTROL_STOPPED, "throttle 20M", 3, "not now"},
	{CONTROL_IDLE, "throttle 20M", 3, "no job runs"},
	{CONTROL_RUNNING, "retry", 3, "no job waits"},
	{CONTROL_IDLE, "retry", 3, "no job waits"},
	{CONTROL_ENDED, "cutover", 3, "nothing waits"},
	{CONTROL_ENDED, "pause", 3, "nothing is read"},
	{CONTROL_ENDED, "retry", 3, "no job waits"},
	{CONTROL_ENDED, "abort", 0, "only its script is ended"},
	{CONTROL_STOPPED, "abort", 0, "aborting"},
};

static void an_order_is_answered_by_what_it_means_now(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		control_phase(control, rows[i].phase);
		answers(rows[i].order, rows[i].status, rows[i].words);
	}
	assert_true(atomic_load(&stop));
}

static void an_order_counts_for_one_job(void **state)
{
	(void)state;
	control_phase(control, CONTROL_RUNNING);
	answers("cutover", 3, "nothing waits");
	control_phase(control, CONTROL_OPEN);
	assert_false(control_ordered(control));
	answers("cutover", 0, "is ordered");
	assert_true(control_ordered(control));
	/* Through a cutover that has to be done again … */
	control_phase(control, CONTROL_STOPPED);
	control_phase(control, CONTROL_OPEN);
	assert_true(control_ordered(control));
	/* … and not into the next job. */
	control_phase(control, CONTROL_IDLE);
	control_phase(control, CONTROL_RUNNING);
	assert_false(control_ordered(control));
}

static void an_abort_is_forgiven_a_signal_is_not(void **state)
{
	(void)state;
	control_phase(control, CONTROL_RUNNING);
	answers("abort", 0, "aborting");
	assert_true(atomic_load(control_stop(control)));
	control_forgive(control);
	assert_false(atomic_load(control_stop(control)));
	atomic_store(&stop, true);
	control_forgive(control);
	assert_true(atomic_load(control_stop(control)));
}

static void *order_later(void *owner)
{
	(void)owner;
	(void)usleep(200000);
	answers("cutover", 0, "is ordered");
	return NULL;
}

static void a_wait_ends_with_the_order(void **state)
{
	double began = io_seconds();
	pthread_t thread;

	(void)state;
	control_phase(control, CONTROL_OPEN);
	assert_false(control_wait(control, 0.1));
	assert_false(control_wait(control, -5));
	assert_int_equal(pthread_create(&thread, NULL, order_later, NULL), 0);
	assert_true(control_wait(control, 60));
	assert_true(io_seconds() - began < 30);
	(void)pthread_join(thread, NULL);
	assert_true(control_wait(control, 60));
}

static void a_wait_ends_with_the_job(void **state)
{
	double began = io_seconds();

	(void)state;
	control_phase(control, CONTROL_OPEN);
	atomic_store(&stop, true);
	assert_false(control_wait(control, 60));
	assert_true(io_seconds() - began < 30);
}

/* A connection that says only this, and what it is told before it is hung up
 * on. */
static ssize_t say(const char *text, size_t length, char *buf, size_t room)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t n;

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)!send(fd, text, length, MSG_NOSIGNAL);
	n = read(fd, buf, room);
	(void)close(fd);
	return n;
}

static void who_says_nonsense_stops_nothing(void **state)
{
	static char flood[1 << 20];
	char buf[800];

	(void)state;
	memset(flood, 'a', sizeof(flood));
	assert_true(say(flood, 4096, buf, sizeof(buf)) <= 0);
	/* Half an order, and silence: two seconds, not for ever. */
	assert_true(say("cut", 3, buf, sizeof(buf)) <= 0);
	assert_true(say("\0\n", 2, buf, sizeof(buf)) > 0);
	assert_true(say("status\nstatus\n", 14, buf, sizeof(buf)) > 0);
	answers("status", 0, "running");
}

static void one_listens_at_a_time(void **state)
{
	struct control_options options = {path, report, &stop};
	struct control *second = NULL;
	struct error *error = NULL;

	(void)state;
	assert_true(control_open(&options, &second, &error) < 0);
	assert_int_equal(error->code, EADDRINUSE);
	error_free(error);
	answers("status", 0, "running");
}

/* What a killed lander left is replaced; a file is nobody's socket. */
static void a_deserted_socket_is_replaced(void **state)
{
	struct control_options options = {NULL, report, &stop};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct control *other = NULL;
	char left[64];
	int fd;

	(void)state;
	(void)snprintf(left, sizeof(left), "%s/left", directory);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", left);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	(void)close(fd);
	options.path = left;
	assert_int_equal(control_open(&options, &other, NULL), 0);
	control_close(other);
	assert_int_equal(io_replace_file(left, "x", 1, NULL), 0);
	assert_true(control_open(&options, &other, NULL) < 0);
	assert_int_equal(unlink(left), 0);
	options.path =
		"/a/path/that/is/longer/than/the/hundred/and/eight/bytes/"
		"that/an/address/of/a/unix/socket/has/room/for/at/most";
	assert_true(control_open(&options, &other, NULL) < 0);
}

static void nobody_there_is_said(void **state)
{
	char answer[64];
	struct error *error = NULL;

	(void)state;
	assert_true(control_socket_ask("/nonexistent/x", "status", answer,
				       sizeof(answer), &error) < 0);
	assert_non_null(strstr(error->msg, "no lander listens here"));
	error_free(error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_its_owner_may_order,
						prepare, finish),
		cmocka_unit_test_setup_teardown(
			an_order_is_answered_by_what_it_means_now, prepare,
			finish),
		cmocka_unit_test_setup_teardown(an_order_counts_for_one_job,
						prepare, finish),
		cmocka_unit_test_setup_teardown(
			an_abort_is_forgiven_a_signal_is_not, prepare, finish),
		cmocka_unit_test_setup_teardown(a_wait_ends_with_the_order,
						prepare, finish),
		cmocka_unit_test_setup_teardown(a_wait_ends_with_the_job,
						prepare, finish),
		cmocka_unit_test_setup_teardown(who_says_nonsense_stops_nothing,
						prepare, finish),
		cmocka_unit_test_setup_teardown(one_listens_at_a_time, prepare,
						finish),
		cmocka_unit_test_setup_teardown(a_deserted_socket_is_replaced,
						prepare, finish),
		cmocka_unit_test(nobody_there_is_said),
	};
	int failed;

	if (!mkdtemp(directory))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/socket", directory);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)rmdir(directory);
	return failed;
}
