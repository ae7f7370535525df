/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line to the host: a terminal stands for the port, the test for the host,
 * who reads, does not read, goes away and talks nonsense. */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "run/outbox.h"
#include "run/port.h"

#define LIMIT_S 20.0

static int host;
static struct port *port;
static char input[1 << 16];
static size_t had;

static int prepare(void **state)
{
	struct termios line;

	(void)state;
	had = 0;
	host = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (host < 0 || grantpt(host) < 0 || unlockpt(host) < 0)
		return -1;
	/* Nothing comes back before the port has done so itself. */
	if (tcgetattr(host, &line) < 0)
		return -1;
	cfmakeraw(&line);
	if (tcsetattr(host, TCSANOW, &line) < 0)
		return -1;
	return port_open(ptsname(host), &port, NULL);
}

static int finish(void **state)
{
	(void)state;
	port_close(port);
	port = NULL;
	return host < 0 ? 0 : close(host);
}

/* The next line of the port, as JSON. */
static json_t *hear(void)
{
	double end = io_seconds() + LIMIT_S;
	json_t *json;
	char *newline;

	while (!(newline = memchr(input, '\n', had))) {
		struct pollfd fd = {.fd = host, .events = POLLIN};
		ssize_t n;

		assert_true(io_seconds() < end);
		if (poll(&fd, 1, 100) <= 0)
			continue;
		n = read(host, input + had, sizeof(input) - had);
		if (n > 0)
			had += (size_t)n;
	}
	*newline = '\0';
	json = json_loads(input, 0, NULL);
	if (!json)
		fail_msg("no JSON: '%s'", input);
	had -= (size_t)(newline + 1 - input);
	memmove(input, newline + 1, had);
	return json;
}

static void say(const char *text)
{
	assert_int_equal(write(host, text, strlen(text)), strlen(text));
}

static const char *text_of(json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	return text ? text : "";
}

static void put(const char *text)
{
	outbox_put(port_outbox(port), OUTBOX_NOTE, strdup(text));
}

/* What it was told, doubled. */
static int echo(void *owner, const char *order, char *answer)
{
	(void)snprintf(answer, PORT_ANSWER, "%s\n%s", order, order);
	++*(int *)owner;
	return 7;
}

static void events_come_in_order(void **state)
{
	json_t *json;

	(void)state;
	put("{\"a\":1}");
	put("{\"a\":2}");
	for (int i = 1; i <= 2; i++) {
		json = hear();
		assert_int_equal(json_integer_value(json_object_get(json, "a")),
				 i);
		json_decref(json);
	}
	assert_true(outbox_wait(port_outbox(port), io_seconds() + LIMIT_S));
	assert_true(port_heard(port));
}

static void is_answered(const char *order, int status, const char *message)
{
	json_t *json = hear();

	assert_string_equal(text_of(json, "event"), "answer");
	assert_string_equal(text_of(json, "order"), order);
	assert_int_equal(
		json_integer_value(json_object_get(json, "exit_status")),
		status);
	assert_string_equal(text_of(json, "message"), message);
	json_decref(json);
}

static void orders_are_answered(void **state)
{
	int calls = 0;
	char line[300];

	(void)state;
	say("status\n");
	is_answered("status", ERROR_REFUSED, "nobody takes orders now");
	port_orders(port, echo, &calls);
	/* Two at once, one in pieces, with a CR, and nothing. */
	say("status\nthrottle 20M\nab");
	is_answered("status", 7, "status\nstatus");
	is_answered("throttle 20M", 7, "throttle 20M\nthrottle 20M");
	say("\n\r\nort\r\n");
	is_answered("ab", 7, "ab\nab");
	is_answered("ort", 7, "ort\nort");
	memset(line, 'x', sizeof(line) - 2);
	memcpy(line + sizeof(line) - 2, "\n", 2);
	say(line);
	is_answered("", ERROR_CONFIG, "that line is too long for an order");
	say("\x1b[2J\"\\\xff\n");
	is_answered("?[2J\"\\?", 7, "?[2J\"\\?\n?[2J\"\\?");
	assert_int_equal(calls, 5);
	port_orders(port, NULL, NULL);
	say("abort\n");
	is_answered("abort", ERROR_REFUSED, "nobody takes orders now");
	assert_int_equal(calls, 5);
}

/* Nobody here waits for it, and the end of a job is not what is lost. */
static void a_host_that_does_not_read_stops_nothing(void **state)
{
	double began = io_seconds();
	bool end = false;
	char *event;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		assert_true(asprintf(&event,
				     "{\"event\":\"progress\",\"n\":%d,"
				     "\"message\":\"%064d\"}",
				     i, i) > 0);
		outbox_put(port_outbox(port), OUTBOX_PROGRESS, event);
	}
	outbox_put(port_outbox(port), OUTBOX_END,
		   strdup("{\"event\":\"end\"}"));
	assert_true(io_seconds() - began < 2);
	assert_false(outbox_wait(port_outbox(port), io_seconds() + 1));
	while (!end) {
		json_t *json = hear();

		end = !strcmp(text_of(json, "event"), "end");
		json_decref(json);
	}
}

static void a_host_that_goes_away_ends_nothing(void **state)
{
	double began;

	(void)state;
	put("{}");
	json_decref(hear());
	(void)close(host);
	host = -1;
	put("{\"lost\":1}");
	put("{\"lost\":2}");
	began = io_seconds();
	port_close(port);
	port = NULL;
	assert_true(io_seconds() - began < 4);
}

static void names_that_are_none(void **state)
{
	struct error *error = NULL;
	struct port *none = NULL;
	char *event = NULL;

	(void)state;
	assert_int_equal(port_open("none", &none, NULL), 0);
	assert_null(none);
	assert_true(port_open("a/b", &none, &error) < 0);
	assert_int_equal(error->kind, ERROR_CONFIG);
	error_clear(&error);
	assert_true(port_open("", &none, &error) < 0);
	error_clear(&error);
	/* A name that is not there now may be there later. */
	assert_int_equal(port_open("org.lander.nothing", &none, NULL), 0);
	event = strdup("{}");
	outbox_put(port_outbox(none), OUTBOX_NOTE, event);
	assert_false(port_heard(none));
	port_close(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test_setup_teardown(events_come_in_order, prepare,
						finish),
		cmocka_unit_test_setup_teardown(orders_are_answered, prepare,
						finish),
		cmocka_unit_test_setup_teardown(
			a_host_that_does_not_read_stops_nothing, prepare,
			finish),
		cmocka_unit_test_setup_teardown(
			a_host_that_goes_away_ends_nothing, prepare, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
