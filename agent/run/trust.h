/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_TRUST_H
#define LANDER_RUN_TRUST_H

#include "net/http.h"

struct config;
struct error;

/** Whom a job's https servers are to be, and what they are shown of us. */
struct trust {
	struct http_trust http;
	void *authorities; /* what http points to, or NULL */
	void *own;
	char *pin;
};

/**
 * trust_read(config, ret, err): what lander.cacert and lander.clientcert name.
 * For trust_done(), also after an error.
 * Errors: ERROR_CONFIG with the parameter and its origin.
 */
int trust_read(const struct config *config, struct trust *ret,
	       struct error **err);
void trust_done(struct trust *trust);

#endif
