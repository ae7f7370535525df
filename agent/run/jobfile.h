/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_JOBFILE_H
#define LANDER_RUN_JOBFILE_H

#include <stdatomic.h>
#include <stdbool.h>

struct config;
struct error;
struct machine_id;
struct report;

struct jobfile_order {
	struct report *report;
	bool machine; /* started by the ISO: with onfail=wait it is waited for
		       * without an end, else for lander.reconnect */
	const _Atomic bool *stop;
};

/**
 * jobfile_take(config, order, err): the file that lander.config names becomes
 * part of config, or nothing of it does.  Without lander.config: nothing to do.
 * A server is asked with the machine's serial number and its card's address in
 * the headers that anaconda's inst.ks.sendsn and sendmac use.
 *
 * Errors: ERROR_CONFIG (a wrong word in it, another SHA-256, no such file),
 * ERROR_NETWORK, ERROR_ABORTED.
 * Source: anaconda's docs/boot-options.rst.
 */
int jobfile_take(struct config *config, const struct jobfile_order *order,
		 struct error **err);

/** jobfile_expand(text, id, ret, err): ${uuid}, ${serial} and ${mac} in text
 *  replaced, escaped as a URL wants it; ret: to free().
 *  Errors: ERROR_CONFIG for another name, and for what this machine has not. */
int jobfile_expand(const char *text, const struct machine_id *id, char **ret,
		   struct error **err);

#endif
