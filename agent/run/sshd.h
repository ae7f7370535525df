/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SSHD_H
#define LANDER_RUN_SSHD_H

struct config;
struct error;
struct report;

/**
 * sshd_start(config, report, err): when lander.sshd names keys, who has one of
 * them may log in to this live system as root, from now until it ends; a second
 * call does nothing.  Its host key is new, and told.
 * Errors: ERROR_CONFIG, with the origin of the word; ERROR_INTERNAL.
 */
int sshd_start(const struct config *config, struct report *report,
	       struct error **err);

#endif
