/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The other side of run/control: a person's words to the lander that runs on
 * this machine, and its answer.
 */
#include "run/control_send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "run/control.h"
#include "run/control_socket.h"

static const char *const orders[] = {"status",	 "plan",    "pause", "resume",
				     "throttle", "cutover", "abort", "retry"};

bool control_send_is(const char *word)
{
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (!strcmp(word, orders[i]))
			return true;
	return false;
}

static int ask(const char *path, const char *order)
{
	static char answer[CONTROL_SOCKET_ANSWER + 16];
	struct error *error = NULL;
	char *text = NULL;
	char *save = NULL;
	long status;

	if (control_socket_ask(path, order, answer, sizeof(answer), &error) <
	    0) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		error_free(error);
		return ERROR_REFUSED;
	}
	status = strtol(answer, &text, 10);
	text += *text == ' ';
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		(void)fprintf(status ? stderr : stdout, "lander: %s\n", line);
	return (int)status;
}

int control_send(int argc, char **argv)
{
	static const char option[] = "--control=";
	bool rated = !strcmp(argv[1], "throttle");
	int at = rated ? 3 : 2;
	const char *path = CONTROL_PATH;
	char order[CONTROL_SOCKET_ORDER];
	int length;

	if (argc == at + 1 && !strncmp(argv[at], option, strlen(option)))
		path = argv[at] + strlen(option);
	else if (argc != at)
		goto usage;
	length = snprintf(order, sizeof(order), "%s%s%s", argv[1],
			  rated ? " " : "", rated ? argv[2] : "");
	/* With its newline; what is longer is no rate. */
	if (length < 0 || (size_t)length + 1 >= sizeof(order))
		goto usage;
	return ask(path, order);
usage:
	(void)fprintf(stderr, "usage: lander %s%s [--control=PATH]\n", argv[1],
		      rated ? " RATE" : "");
	return ERROR_CONFIG;
}
