/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What others are told: its form, its signature, and who is told.  The servers
 * are cmd/report's and cmd/syslog's. */
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
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
#include "copy/pass.h"
#include "net/syslog_line.h"
#include "net/syslog_link.h"
#include "run/machine_id.h"
#include "run/outlets.h"
#include "run/status.h"
#include "run/webhook.h"

/* RFC 4231, 4.3 and 4.7. */
static void a_signature_is_the_rfc_s(void **state)
{
	char header[WEBHOOK_SIGNATURE_ROOM];
	char key[131];

	(void)state;
	assert_true(webhook_sign("Jefe", 4, "what do ya want for nothing?",
				 header));
	assert_string_equal(header,
			    "X-Lander-Signature: sha256="
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839d"
			    "ec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	assert_true(webhook_sign(key, sizeof(key),
				 "Test Using Larger Than Block-Size Key - "
				 "Hash Key First",
				 header));
	assert_string_equal(header,
			    "X-Lander-Signature: sha256="
			    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c51405"
			    "46040f0ee37f54");
}

static void a_line_has_the_form_of_rfc_5424(void **state)
{
	struct syslog_line line = {.severity = SYSLOG_LINE_WARNING,
				   .time = {.tv_sec = 1, .tv_nsec = 2003000},
				   .host = "a b",
				   .process = 42,
				   .job = "j",
				   .uuid = "",
				   .serial = "a\"b\\c]d",
				   .mac = "02-00-00-00-00-01",
				   .text = "copying vda: 41 %"};
	char *text = syslog_line_format(&line);

	(void)state;
	assert_string_equal(
		text, "<28>1 1970-01-01T00:00:01.002003Z a?b lander 42 - "
		      "[lander@32473 job=\"j\" serial=\"a\\\"b\\\\c\\]d\" "
		      "mac=\"02-00-00-00-00-01\"] copying vda: 41 %");
	free(text);
	line = (struct syslog_line){.severity = SYSLOG_LINE_ERROR,
				    .host = "",
				    .job = "",
				    .uuid = "",
				    .serial = "",
				    .mac = "",
				    .text = ""};
	text = syslog_line_format(&line);
	assert_string_equal(text, "<27>1 1970-01-01T00:00:00.000000Z - lander "
				  "0 - [lander@32473] ");
	free(text);
}

static void a_place_is_read(void **state)
{
	static const struct {
		const char *text;
		enum syslog_link_kind kind;
		const char *host, *port;
	} good[] = {
		{"udp://h", SYSLOG_LINK_UDP, "h", "514"},
		{"tcp://10.0.0.1", SYSLOG_LINK_TCP, "10.0.0.1", "514"},
		{"tls://log.example", SYSLOG_LINK_TLS, "log.example", "6514"},
		{"tls://[fe80::1]:7", SYSLOG_LINK_TLS, "fe80::1", "7"},
		{"tcp://[::1]", SYSLOG_LINK_TCP, "::1", "514"},
		{"udp://h:65535", SYSLOG_LINK_UDP, "h", "65535"},
	};
	static const char *const bad[] = {"",
					  "h",
					  "udp:h",
					  "udp://",
					  "udp://:514",
					  "http://h",
					  "udp://h:0",
					  "udp://h:",
					  "tcp://h:x",
					  "tcp://h/x",
					  "tcp://u@h",
					  "tls://[::1",
					  "tls://[::1]x",
					  "tcp://h:65536",
					  "TCP://h",
					  "tcp://h:1:2"};
	struct syslog_link_place place;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(syslog_link_parse(good[i].text, &place, NULL),
				 0);
		assert_int_equal(place.kind, good[i].kind);
		assert_string_equal(place.host, good[i].host);
		assert_string_equal(place.port, good[i].port);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct error *error = NULL;

		if (syslog_link_parse(bad[i], &place, &error) >= 0)
			fail_msg("'%s' is taken", bad[i]);
		assert_int_equal(error->kind, ERROR_CONFIG);
		error_free(error);
	}
}

static int begin(int type, struct syslog_link_place *place)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, type, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (void *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &length), 0);
	place->kind = type == SOCK_DGRAM ? SYSLOG_LINK_UDP : SYSLOG_LINK_TCP;
	(void)snprintf(place->host, sizeof(place->host), "127.0.0.1");
	(void)snprintf(place->port, sizeof(place->port), "%u",
		       (unsigned int)ntohs(at.sin_port));
	return fd;
}

static void datagrams_are_lines(void **state)
{
	struct syslog_link_place place;
	struct syslog_link *link = NULL;
	int fd = begin(SOCK_DGRAM, &place);
	char got[64];

	(void)state;
	assert_int_equal(syslog_link_open(&place, NULL, NULL, &link, NULL), 0);
	assert_int_equal(syslog_link_send(link, "<27>1 one", NULL), 0);
	assert_int_equal(syslog_link_send(link, "<27>1 two", NULL), 0);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 9);
	assert_memory_equal(got, "<27>1 one", 9);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 9);
	assert_memory_equal(got, "<27>1 two", 9);
	/* Nobody there any more: that is no error of a datagram. */
	(void)close(fd);
	for (int i = 0; i < 3; i++)
		assert_int_equal(syslog_link_send(link, "x", NULL), 0);
	syslog_link_close(link);
}

/* "lo", or another name of it that takes its address away when it goes. */
static void set_up(const char *name, bool up)
{
	struct ifreq request = {.ifr_flags = up ? IFF_UP : 0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	(void)close(fd);
}

static void add_address(const char *name, const char *address)
{
	struct ifreq request = {0};
	struct sockaddr_in at = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
	memcpy(&request.ifr_addr, &at, sizeof(at));
	assert_int_equal(ioctl(fd, SIOCSIFADDR, &request), 0);
	(void)close(fd);
}

/* A line that could not leave this machine waits for another try. */
static void datagrams_wait_for_the_network(void **state)
{
	int here = open("/proc/thread-self/ns/net", O_RDONLY);
	struct syslog_link_place place = {SYSLOG_LINK_UDP, "10.1.1.1", "9"};
	struct syslog_link *link = NULL;

	(void)state;
	assert_true(here >= 0);
	if (unshare(CLONE_NEWNET) < 0)
		skip();
	assert_true(syslog_link_open(&place, NULL, NULL, &link, NULL) < 0);
	set_up("lo", true);
	add_address("lo:1", place.host);
	assert_int_equal(syslog_link_open(&place, NULL, NULL, &link, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(syslog_link_send(link, "x", NULL), 0);
	set_up("lo:1", false);
	assert_true(syslog_link_send(link, "x", NULL) < 0);
	syslog_link_close(link);
	assert_int_equal(setns(here, CLONE_NEWNET), 0);
	(void)close(here);
}

/* RFC 6587, 3.4.1. */
static void streams_count_octets(void **state)
{
	struct syslog_link_place place;
	struct syslog_link *link = NULL;
	int fd = begin(SOCK_STREAM, &place);
	char got[64];
	int peer;

	(void)state;
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(syslog_link_open(&place, NULL, NULL, &link, NULL), 0);
	peer = accept(fd, NULL, NULL);
	assert_int_equal(syslog_link_send(link, "<27>1 \xc3\xa4", NULL), 0);
	assert_int_equal(recv(peer, got, 10, MSG_WAITALL), 10);
	assert_memory_equal(got, "8 <27>1 \xc3\xa4", 10);
	(void)close(peer);
	(void)close(fd);
	assert_true(syslog_link_send(link, "x", NULL) < 0);
	syslog_link_close(link);
	assert_true(syslog_link_open(&place, NULL, NULL, &link, NULL) < 0);
}

/* --- events -------------------------------------------------------------- */

static void an_event_says_what_the_status_file_says(void **state)
{
	static const struct machine_id id = {
		.uuid = "u", .serial = "s\x01", .mac = "m"};
	struct pass_progress progress = {0};
	struct status status = {.job = "j",
				.stage = "delta",
				.state = "running",
				.pass = "copying",
				.progress = &progress,
				.rate = 10,
				.rounds = {3, 77, 1.5, 60, 0}};
	struct status_event event = {"progress", "words\n\xff", 9, &id};
	char receipt[] = "{\"job\": \"j\"}";
	char *text;
	json_t *json;

	(void)state;
	atomic_store(&progress.total, 400);
	atomic_store(&progress.done, 100);
	status.receipt = receipt;
	text = status_event(&status, &event);
	assert_null(strchr(text, '\n'));
	json = json_loads(text, 0, NULL);
	free(text);
	assert_non_null(json);
#define TEXT(name)   json_string_value(json_object_get(json, name))
#define NUMBER(name) json_number_value(json_object_get(json, name))
	assert_string_equal(TEXT("event"), "progress");
	assert_string_equal(TEXT("severity"), "info");
	assert_string_equal(TEXT("message"), "words??");
	assert_int_equal(NUMBER("sequence"), 9);
	assert_int_equal(NUMBER("percent"), 25);
	assert_int_equal(NUMBER("eta_s"), 30);
	assert_int_equal(NUMBER("bytes_per_s"), 10);
	assert_int_equal(NUMBER("bytes_differing"), 77);
	assert_true(NUMBER("predicted_downtime_s") > 1.4);
	assert_null(json_object_get(json, "receipt"));
	assert_null(json_object_get(json, "exit_status"));
	assert_string_equal(
		json_string_value(json_object_get(
			json_object_get(json, "machine"), "serial")),
		"s?");
	json_decref(json);
	(void)snprintf(status.state, sizeof(status.state), "failed");
	status.exit_status = ERROR_NETWORK;
	event.kind = "end";
	text = status_event(&status, &event);
	json = json_loads(text, 0, NULL);
	free(text);
	assert_string_equal(TEXT("severity"), "error");
	assert_string_equal(TEXT("reason"), "network");
	assert_int_equal(NUMBER("exit_status"), ERROR_NETWORK);
	assert_non_null(json_object_get(json, "receipt"));
	json_decref(json);
}

static void another_try_knows_nothing_of_the_last(void **state)
{
	struct status status = {.state = "failed", .rounds = {.round = 3}};

	(void)state;
	status.exit_status = 6;
	status.failure = strdup("it failed");
	status_enter(&status, "running");
	assert_null(status.failure);
	assert_int_equal(status.exit_status, 0);
	status_begin(&status, "k");
	assert_int_equal(status.rounds.round, 0);
	assert_string_equal(status.job, "k");
}

static void every_status_has_a_reason(void **state)
{
	(void)state;
	for (int i = 0; i <= ERROR_ABORTED; i++)
		assert_true(strlen(status_reason(i)) > 3);
	assert_string_equal(status_reason(ERROR_ABORTED), "aborted");
	assert_string_equal(status_reason(99), "internal");
	assert_string_equal(status_reason(-1), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_the_rfc_s),
		cmocka_unit_test(a_line_has_the_form_of_rfc_5424),
		cmocka_unit_test(a_place_is_read),
		cmocka_unit_test(datagrams_are_lines),
		cmocka_unit_test(datagrams_wait_for_the_network),
		cmocka_unit_test(streams_count_octets),
		cmocka_unit_test(an_event_says_what_the_status_file_says),
		cmocka_unit_test(another_try_knows_nothing_of_the_last),
		cmocka_unit_test(every_status_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
