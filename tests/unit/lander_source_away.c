/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An agent that went away without a word: lander-source ends by itself, and
 * one that is only slow or has nothing to ask for is not given up.  The program
 * of this test waits for 2 seconds where the real one waits for 90. */
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "source/wire.h"

#define PROGRAM "build/lander-source-hasty"
#define DISK	"build/lander-source-away.img"
#define READS	32U

#define PATH_ROOM 4000U

struct helper {
	pid_t pid;
	int line;
};

static void ask(const struct helper *helper, uint8_t type,
		const uint8_t *payload, uint32_t length)
{
	static uint64_t tag;
	uint8_t frame[WIRE_HEADER_BYTES + 8 + PATH_ROOM];
	struct wire_header header = {
		.type = type, .tag = ++tag, .length = length};
	ssize_t whole = (ssize_t)(WIRE_HEADER_BYTES + length);

	(void)wire_put_header(frame, &header);
	if (length)
		memcpy(frame + WIRE_HEADER_BYTES, payload, length);
	assert_int_equal(write(helper->line, frame, (size_t)whole), whole);
}

static void start(struct helper *helper)
{
	uint8_t hello[8] = {WIRE_VERSION};
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	helper->pid = fork();
	assert_true(helper->pid >= 0);
	if (!helper->pid) {
		(void)dup2(pair[1], 0);
		(void)dup2(pair[1], 1);
		(void)execl(PROGRAM, PROGRAM, "serve", NULL);
		_exit(127);
	}
	(void)close(pair[1]);
	helper->line = pair[0];
	ask(helper, WIRE_HELLO, hello, sizeof(hello));
}

/* Its status as of waitpid(2) within so many tenths; -1: it still runs. */
static int wait_end(const struct helper *helper, unsigned int tenths)
{
	const struct timespec nap = {.tv_nsec = 100000000};
	int status = 0;

	while (waitpid(helper->pid, &status, WNOHANG) == 0) {
		if (!tenths--)
			return -1;
		(void)nanosleep(&nap, NULL);
	}
	return status;
}

static void end(const struct helper *helper)
{
	(void)close(helper->line);
	if (wait_end(helper, 100) >= 0)
		return;
	(void)kill(helper->pid, SIGKILL);
	(void)waitpid(helper->pid, NULL, 0);
	fail_msg("it did not end with its stdin");
}

/* 8 MiB are asked for, and more than the line holds. */
static void ask_reads(const struct helper *helper)
{
	uint8_t open[8 + PATH_ROOM] = {0};
	char *path = realpath(DISK, NULL);
	uint8_t read[16];
	size_t length;

	assert_non_null(path);
	length = strlen(path);
	assert_true(length < PATH_ROOM);
	memcpy(open + 8, path, length);
	free(path);
	ask(helper, WIRE_OPEN, open, (uint32_t)(8 + length));
	for (unsigned int i = 0; i < READS; i++) {
		(void)wire_put64(wire_put32(wire_put32(read, 0), WIRE_READ_MAX),
				 (uint64_t)i * WIRE_READ_MAX);
		ask(helper, WIRE_READ, read, sizeof(read));
	}
}

static void who_takes_nothing_is_away(void **state)
{
	struct helper helper;
	int status;

	(void)state;
	start(&helper);
	ask_reads(&helper);
	status = wait_end(&helper, 100);
	assert_int_not_equal(status, -1);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGALRM);
	(void)close(helper.line);
}

/* Each of its writes waits, and for less than the limit. */
static void who_is_slow_is_waited_for(void **state)
{
	const struct timespec nap = {.tv_nsec = 150000000};
	static char buf[WIRE_READ_MAX];
	size_t want = READS * (size_t)WIRE_READ_MAX;
	struct helper helper;

	(void)state;
	start(&helper);
	ask_reads(&helper);
	while (want) {
		ssize_t n = recv(helper.line, buf,
				 want < sizeof(buf) ? want : sizeof(buf),
				 MSG_WAITALL);

		assert_true(n > 0);
		want -= (size_t)n;
		(void)nanosleep(&nap, NULL);
	}
	assert_int_equal(wait_end(&helper, 0), -1);
	end(&helper);
}

static void who_renews_has_to_go_on(void **state)
{
	struct helper helper;
	int status;

	(void)state;
	start(&helper);
	for (unsigned int i = 0; i < 4; i++) {
		ask(&helper, WIRE_RENEW, NULL, 0);
		assert_int_equal(wait_end(&helper, 10), -1);
	}
	status = wait_end(&helper, 60);
	assert_int_not_equal(status, -1);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	(void)close(helper.line);
}

static void who_has_nothing_to_ask_may_stay(void **state)
{
	struct helper helper;

	(void)state;
	start(&helper);
	assert_int_equal(wait_end(&helper, 50), -1);
	end(&helper);
}

static int make_disk(void **state)
{
	static char noise[WIRE_READ_MAX];
	FILE *file = fopen(DISK, "w");

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)random();
	for (unsigned int i = 0; file && i < READS; i++)
		if (fwrite(noise, 1, sizeof(noise), file) != sizeof(noise))
			return -1;
	return file ? fclose(file) : -1;
}

static int remove_disk(void **state)
{
	(void)state;
	return unlink(DISK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_takes_nothing_is_away),
		cmocka_unit_test(who_is_slow_is_waited_for),
		cmocka_unit_test(who_renews_has_to_go_on),
		cmocka_unit_test(who_has_nothing_to_ask_may_stay),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, make_disk, remove_disk);
}
