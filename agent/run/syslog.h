/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SYSLOG_H
#define LANDER_RUN_SYSLOG_H

struct config;
struct error;
struct outbox;
struct syslog;

/** syslog_open(config, ret, err): what lander.syslog names, with what cacert
 *  and clientcert say; *ret is NULL without it.
 *  Errors: ERROR_CONFIG with the parameter and its origin. */
int syslog_open(const struct config *config, struct syslog **ret,
		struct error **err);

/** syslog_outbox(syslog): where messages of RFC 5424 go in. */
struct outbox *syslog_outbox(const struct syslog *syslog);

/** syslog_close(syslog): drops what waits. */
void syslog_close(struct syslog *syslog);

#endif
