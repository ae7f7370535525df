/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that tells about the network.  Nothing waits for it: lander
 * starts beside the network, and the source's own time limit decides.
 */
#include "run/uplink.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "network/network_watch.h"
#include "run/report.h"

static void tell(struct report *report, const char *text)
{
	char *copy = strdup(text);
	char *save = NULL;

	for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		report_say(report, "network: %s", line);
	free(copy);
}

static void *watch_network(void *owner)
{
	static struct network_watch watch;
	const struct timespec second = {.tv_sec = 1};

	for (;;) {
		const char *text = network_watch_step(&watch, "");

		if (text)
			tell(owner, text);
		(void)nanosleep(&second, NULL);
	}
	return NULL;
}

int uplink_start(struct report *report, struct error **err)
{
	pthread_t thread;
	int code = pthread_create(&thread, NULL, watch_network, report);

	if (code)
		return error_set(err, ERROR_INTERNAL, code,
				 "thread that watches the network");
	(void)pthread_detach(thread);
	return 0;
}
