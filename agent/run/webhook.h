/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WEBHOOK_H
#define LANDER_RUN_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "run/outbox.h"

struct config;
struct error;
struct machine_id;
struct webhook;

#define WEBHOOK_SIGNATURE_ROOM 96

/** webhook_open(config, id, ret, err): what lander.report names, with its key
 *  and what cacert and clientcert say; *ret is NULL without it.
 *  Errors: ERROR_CONFIG with the parameter and its origin. */
int webhook_open(const struct config *config, const struct machine_id *id,
		 struct webhook **ret, struct error **err);

/** webhook_outbox(webhook): where JSON texts go in. */
struct outbox *webhook_outbox(const struct webhook *webhook);

/** webhook_close(webhook): drops what waits. */
void webhook_close(struct webhook *webhook);

/** webhook_sign(key, length, text, header): "X-Lander-Signature: sha256=" and
 *  the HMAC of the text in hex.  False: no such digest here. */
bool webhook_sign(const void *key, size_t length, const char *text,
		  char header[WEBHOOK_SIGNATURE_ROOM]);

#endif
