/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ACCESS_H
#define LANDER_RUN_ACCESS_H

#include <stdbool.h>

struct config;
struct error;
struct report;

/**
 * access_open(config, report, machine, whole, err): who is told of the job
 * (outlets_listen()), and the ways into the live system that its words open,
 * each once: a shell on tty2 that asks for lander.password, and lander.sshd.
 * Not whole: call it again when there are more words.
 * Errors: ERROR_CONFIG, with the origin; outside the live system for every word
 * that is of it.
 */
int access_open(const struct config *config, struct report *report,
		bool machine, bool whole, struct error **err);

#endif
