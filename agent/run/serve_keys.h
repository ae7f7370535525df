/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SERVE_KEYS_H
#define LANDER_RUN_SERVE_KEYS_H

#include "config/config.h"
#include "net/ssh_code.h"

struct error;

#define SERVE_KEYS_MAX 16

/** Whom a served machine knows, and by what it is known. */
struct serve_keys {
	struct ssh_key host;
	struct ssh_public reader[SERVE_KEYS_MAX];
	size_t readers;
	char code[SSH_CODE_TEXT]; /* "" without one */
};

/** serve_keys_read(config, ret, err): from serve.key= and serve.hostkey=.
 *  Errors: ERROR_CONFIG with the origin of the word. */
int serve_keys_read(const struct config *config, struct serve_keys *ret,
		    struct error **err);

/** serve_keys_readers(config, key, ret, err): the public keys that this word
 *  gives or names, no more.  Errors: as above. */
int serve_keys_readers(const struct config *config, enum config_key key,
		       struct serve_keys *ret, struct error **err);
void serve_keys_done(struct serve_keys *keys);

#endif
