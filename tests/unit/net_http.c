/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents from a server on the loopback, one connection after the other; who
 * it must be over https is cmd/ssh-identity's. */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
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
#include "net/http.h"

#define HEARD 4096

/* Answers this many connections with the same bytes, then is gone. */
struct server {
	int fd;
	unsigned int port;
	unsigned int times;
	bool silent; /* after the answer, till the other side goes */
	const char *answer;
	char heard[HEARD];
	pthread_t thread;
};

/* A request ends with an empty line, one with a body with "end". */
static void hear(struct server *server, int fd)
{
	size_t length = 0;

	while (length + 1 < HEARD) {
		ssize_t n =
			read(fd, server->heard + length, HEARD - 1 - length);

		if (n <= 0)
			break;
		length += (size_t)n;
		server->heard[length] = '\0';
		if (strncmp(server->heard, "POST", 4)
			    ? strstr(server->heard, "\r\n\r\n")
			    : strstr(server->heard, "end"))
			break;
	}
}

static void *serve(void *owner)
{
	struct server *server = owner;

	for (unsigned int i = 0; i < server->times; i++) {
		int fd = accept(server->fd, NULL, NULL);
		size_t length = strlen(server->answer);
		char rest[64];

		if (fd < 0)
			break;
		hear(server, fd);
		if (write(fd, server->answer, length) != (ssize_t)length)
			(void)close(fd);
		while (server->silent && read(fd, rest, sizeof(rest)) > 0)
			;
		(void)close(fd);
	}
	return NULL;
}

static void begin(struct server *server, char url[64])
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t length = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server->fd >= 0);
	assert_int_equal(bind(server->fd, (void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (void *)&at, &length), 0);
	server->port = ntohs(at.sin_port);
	(void)snprintf(url, 64, "http://127.0.0.1:%u/job", server->port);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server),
			 0);
}

static void end(struct server *server)
{
	(void)shutdown(server->fd, SHUT_RDWR);
	assert_int_equal(pthread_join(server->thread, NULL), 0);
	(void)close(server->fd);
}

static void a_document_is_fetched(void **state)
{
	struct server server = {
		.times = 1,
		.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"};
	char url[64];
	struct http_request request = {
		.url = url, .limit = 5, .connect_s = 10, .total_s = 10};
	struct http_answer answer;

	(void)state;
	begin(&server, url);
	assert_int_equal(http_fetch(&request, &answer, NULL), 0);
	assert_int_equal(answer.status, 200);
	assert_true(answer.asked);
	assert_int_equal(answer.body.length, 5);
	assert_string_equal(answer.body.at, "hello");
	assert_non_null(strstr(server.heard, "GET /job HTTP/1.1"));
	locked_done(&answer.body);
	end(&server);
}

static void a_report_is_delivered(void **state)
{
	static const char body[] = "{\"state\":\"end";
	struct server server = {.times = 1,
				.answer = "HTTP/1.1 204 Fine\r\n\r\n"};
	char url[64];
	struct http_request request = {.url = url,
				       .body = body,
				       .body_length = sizeof(body) - 1,
				       .body_type = "application/json",
				       .limit = 1024,
				       .connect_s = 10,
				       .total_s = 10};
	struct http_answer answer;

	(void)state;
	begin(&server, url);
	assert_int_equal(http_fetch(&request, &answer, NULL), 0);
	assert_int_equal(answer.status, 204);
	assert_non_null(strstr(server.heard, "POST /job HTTP/1.1"));
	assert_non_null(
		strstr(server.heard, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(server.heard, "\r\n\r\n{\"state\":\"end"));
	locked_done(&answer.body);
	end(&server);
}

/* Each its own kind; the path is shown, the query never. */
static void refusals_are_told(void **state)
{
	static const struct {
		const char *answer;
		enum error_kind kind;
		const char *words;
		unsigned int times;
	} row[] = {
		{"HTTP/1.1 200 OK\r\n\r\n123456", ERROR_CONFIG,
		 "more than 5 bytes", 1},
		{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", ERROR_CONFIG,
		 "more than 5 bytes", 1},
		{"HTTP/1.1 302 No\r\nLocation: /x\r\n\r\n123456", ERROR_CONFIG,
		 "more than 5 bytes", 1},
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1234",
		 ERROR_NETWORK, "", 1},
		{"HTTP/1.1 503 Later\r\n\r\n", ERROR_NETWORK, "status 503", 1},
		{"HTTP/1.1 404 No\r\n\r\n", ERROR_CONFIG, "status 404", 1},
		{"HTTP/1.1 302 No\r\nLocation: /again\r\n\r\n", ERROR_CONFIG,
		 "again and again", 6},
		{"HTTP/1.1 302 No\r\nLocation: gopher://x/\r\n\r\n",
		 ERROR_CONFIG, "", 1},
		{"SSH-2.0-OpenSSH_10.0\r\n", ERROR_NETWORK, "", 1},
		{"", ERROR_NETWORK, "", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct server server = {.times = row[i].times,
					.answer = row[i].answer};
		char url[64];
		struct http_request request = {
			.url = url, .limit = 5, .connect_s = 10, .total_s = 10};
		struct http_answer answer;
		struct error *err = NULL;

		begin(&server, url);
		(void)strcat(url, "?planted");
		assert_true(http_fetch(&request, &answer, &err) < 0);
		assert_int_equal(err->kind, row[i].kind);
		assert_non_null(strstr(err->msg, row[i].words));
		assert_non_null(strstr(err->msg, "://"));
		assert_null(strstr(err->msg, "planted"));
		assert_true(answer.asked);
		assert_null(answer.body.at);
		error_free(err);
		end(&server);
	}
}

static void a_secret_needs_https(void **state)
{
	struct http_request request = {.url = "http://127.0.0.1:1/planted",
				       .limit = 5,
				       .connect_s = 10,
				       .total_s = 10,
				       .secret = true};
	struct http_answer answer;
	struct error *err = NULL;

	(void)state;
	assert_true(http_fetch(&request, &answer, &err) < 0);
	assert_int_equal(err->kind, ERROR_CONFIG);
	assert_null(strstr(err->msg, "planted"));
	assert_false(answer.asked);
	error_free(err);
}

static void *give_order(void *stop)
{
	(void)usleep(300000);
	atomic_store((_Atomic bool *)stop, true);
	return NULL;
}

static void an_order_ends_it(void **state)
{
	struct server server = {.times = 1,
				.silent = true,
				.answer = "HTTP/1.1 200 OK\r\n\r\nhe"};
	_Atomic bool stop = false;
	char url[64];
	struct http_request request = {.url = url,
				       .limit = 5,
				       .connect_s = 100,
				       .total_s = 100,
				       .stop = &stop};
	struct http_answer answer;
	struct error *err = NULL;
	double began = io_seconds();
	pthread_t thread;

	(void)state;
	begin(&server, url);
	assert_int_equal(pthread_create(&thread, NULL, give_order, &stop), 0);
	assert_true(http_fetch(&request, &answer, &err) < 0);
	assert_int_equal(err->kind, ERROR_ABORTED);
	assert_true(io_seconds() - began < 20);
	error_free(err);
	assert_int_equal(pthread_join(thread, NULL), 0);
	end(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_fetched),
		cmocka_unit_test(a_report_is_delivered),
		cmocka_unit_test(refusals_are_told),
		cmocka_unit_test(a_secret_needs_https),
		cmocka_unit_test(an_order_ends_it),
	};

	(void)unsetenv("http_proxy");
	(void)unsetenv("all_proxy");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
