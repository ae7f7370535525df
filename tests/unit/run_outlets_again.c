/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who listens elsewhere when a job is tried again: whoever did, as long as the
 * words say so, and with the key that is in its file now. */
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <netinet/in.h>
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
#include "config/config.h"
#include "net/syslog_link.h"
#include "run/outlets.h"

static int begin(struct syslog_link_place *place)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (void *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &length), 0);
	place->kind = SYSLOG_LINK_UDP;
	(void)snprintf(place->host, sizeof(place->host), "127.0.0.1");
	(void)snprintf(place->port, sizeof(place->port), "%u",
		       (unsigned int)ntohs(at.sin_port));
	return fd;
}

static void wait_line(int fd, const char *text)
{
	const struct timeval limit = {.tv_sec = 20};
	char got[1024] = "";

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_true(recv(fd, got, sizeof(got) - 1, 0) > 0);
	assert_non_null(strstr(got, text));
}

static void set(struct config *config, const char *name, const char *text)
{
	assert_int_equal(config_set(config, name, text, "test", 1, NULL), 0);
}

/* A second try knows the words of the kernel line before those of the job's
 * file: what waits for whom that file names must not be lost meanwhile. */
static void who_listens_is_kept_for_another_try(void **state)
{
	struct outlets *outlets = outlets_open();
	struct config first = {0};
	struct config again = {0};
	struct syslog_link_place place;
	int fd = begin(&place);
	char where[300];

	(void)state;
	(void)snprintf(where, sizeof(where), "udp://%s:%s", place.host,
		       place.port);
	set(&first, "after", "wait");
	assert_int_equal(outlets_listen(outlets, &first, false, NULL), 0);
	set(&first, "syslog", where);
	assert_int_equal(outlets_listen(outlets, &first, true, NULL), 0);
	outlets_line(outlets, LOG_LEVEL_INFO, "one");
	wait_line(fd, "] one");
	assert_int_equal(outlets_listen(outlets, &again, false, NULL), 0);
	outlets_line(outlets, LOG_LEVEL_INFO, "two");
	wait_line(fd, "] two");
	assert_int_equal(outlets_listen(outlets, &again, true, NULL), 0);
	outlets_line(outlets, LOG_LEVEL_INFO, "three");
	outlets_close(outlets);
	assert_true(recv(fd, where, sizeof(where), MSG_DONTWAIT) < 0);
	(void)close(fd);
	config_done(&first);
	config_done(&again);
}

/* The port that a line came from. */
static in_port_t line_from(int fd)
{
	const struct timeval limit = {.tv_sec = 20};
	struct sockaddr_in from = {0};
	socklen_t length = sizeof(from);
	char got[1024];

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_true(recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&from,
			     &length) > 0);
	return from.sin_port;
}

static in_port_t try_again(struct outlets *outlets, const struct config *config,
			   int fd)
{
	assert_int_equal(outlets_listen(outlets, config, true, NULL), 0);
	outlets_line(outlets, LOG_LEVEL_INFO, "x");
	return line_from(fd);
}

/* The words are the same, and what is in the file that they name is not. */
static void a_mended_key_is_read_again(void **state)
{
	struct outlets *outlets = outlets_open();
	struct config config = {0};
	struct syslog_link_place place;
	int fd = begin(&place);
	char path[] = "build/run_outlets.XXXXXX";
	int key = mkstemp(path);
	char *whole = realpath(path, NULL);
	char where[300];
	in_port_t first;

	(void)state;
	assert_non_null(whole);
	assert_int_equal(write(key, "one", 3), 3);
	(void)snprintf(where, sizeof(where), "udp://%s:%s", place.host,
		       place.port);
	set(&config, "syslog", where);
	set(&config, "report.key", whole);
	first = try_again(outlets, &config, fd);
	assert_int_equal(try_again(outlets, &config, fd), first);
	assert_int_equal(pwrite(key, "two", 3, 0), 3);
	assert_int_not_equal(try_again(outlets, &config, fd), first);
	/* Gone: what was read is good. */
	first = try_again(outlets, &config, fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(try_again(outlets, &config, fd), first);
	outlets_close(outlets);
	config_done(&config);
	free(whole);
	(void)close(key);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_listens_is_kept_for_another_try),
		cmocka_unit_test(a_mended_key_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
