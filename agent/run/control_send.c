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

static const char option[] = "--control=";

static const char *path_of(const char *word)
{
	size_t length = sizeof(option) - 1;

	return strncmp(word, option, length) != 0 ? NULL : word + length;
}

bool control_send_is(char *const *words)
{
	while (*words && path_of(*words))
		words++;
	for (size_t i = 0; *words && i < sizeof(orders) / sizeof(*orders); i++)
		if (!strcmp(*words, orders[i]))
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

int control_send(char *const *words)
{
	const char *path = CONTROL_PATH;
	const char *said[2] = {"", ""}; /* the order, and how fast */
	char order[CONTROL_SOCKET_ORDER];
	size_t count = 0;
	size_t wanted;
	int length;

	for (; *words; words++)
		if (path_of(*words))
			path = path_of(*words);
		else if (count++ < 2)
			said[count - 1] = *words;
	wanted = strcmp(said[0], "throttle") ? 1 : 2;
	length = snprintf(order, sizeof(order), "%s%s%s", said[0],
			  *said[1] ? " " : "", said[1]);
	/* With its newline; what is longer is no rate. */
	if (count == wanted && length > 0 && (size_t)length + 1 < sizeof(order))
		return ask(path, order);
	(void)fprintf(stderr, "usage: lander %s%s [--control=PATH]\n", said[0],
		      wanted == 2 ? " RATE" : "");
	return ERROR_CONFIG;
}
