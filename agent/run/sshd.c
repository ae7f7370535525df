/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A way into the live system for who must look at it from elsewhere: only where
 * the job asks for it, only with a key of the job's, never with a password.
 * The server itself is serve/daemon's.
 */
#include "run/sshd.h"

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "config/config.h"
#include "run/report.h"
#include "run/serve_keys.h"
#include "serve/daemon.h"

#define PORT	 "22"
#define ACCEPTED "Accepted publickey for root "

struct sshd {
	struct report *report;
	struct daemon *daemon;
};

/* Who listens to what it says; else it would wait for that. */
static void *watch(void *owner)
{
	struct sshd *sshd = owner;
	struct error *error = NULL;
	char line[1024];

	while (!daemon_ended(sshd->daemon, &error)) {
		struct pollfd fd = {.fd = daemon_fd(sshd->daemon),
				    .events = POLLIN};

		(void)poll(&fd, 1, 1000);
		while (daemon_line(sshd->daemon, line, sizeof(line))) {
			log_debug("sshd", "%s", line);
			if (!strncmp(line, ACCEPTED, strlen(ACCEPTED)))
				report_say(sshd->report,
					   "sshd: somebody logged in, %s",
					   line + strlen(ACCEPTED));
		}
	}
	report_say(sshd->report, "nobody can log in any more: %s", error->msg);
	error_free(error);
	daemon_stop(sshd->daemon);
	free(sshd);
	return NULL;
}

static void tell(struct report *report, const struct serve_keys *keys)
{
	report_say(report,
		   "sshd: as root, at port " PORT ", this machine's host key "
		   "is %s (%s); who may log in has the private half of",
		   keys->host.public.print,
		   ssh_public_word(&keys->host.public));
	for (size_t i = 0; i < keys->readers; i++)
		report_say(report, "  %s (%s)", keys->reader[i].print,
			   ssh_public_word(&keys->reader[i]));
}

static int begin(struct report *report, const struct serve_keys *keys,
		 struct error **err)
{
	const struct daemon_order order = {.port = PORT,
					   .shell = true,
					   .host = &keys->host,
					   .reader = keys->reader,
					   .readers = keys->readers};
	struct sshd *sshd = calloc(1, sizeof(*sshd));
	pthread_t thread;
	int code;
	int r;

	if (!sshd)
		return error_memory(err);
	sshd->report = report;
	r = daemon_start(&order, &sshd->daemon, err);
	if (r < 0) {
		free(sshd);
		return r;
	}
	code = pthread_create(&thread, NULL, watch, sshd);
	if (code) {
		daemon_stop(sshd->daemon);
		free(sshd);
		return error_set(err, ERROR_INTERNAL, code,
				 "a thread for sshd");
	}
	(void)pthread_detach(thread);
	return 0;
}

int sshd_start(const struct config *config, struct report *report,
	       struct error **err)
{
	static bool started;
	struct serve_keys keys = {0};
	int r;

	if (started || !config_text(config, CONFIG_SSHD))
		return 0;
	r = serve_keys_readers(config, CONFIG_SSHD, &keys, err);
	if (r == 0)
		r = ssh_key_of(NULL, &keys.host, err);
	if (r == 0)
		r = begin(report, &keys, err);
	if (r == 0) {
		started = true;
		tell(report, &keys);
	}
	serve_keys_done(&keys);
	return r;
}
