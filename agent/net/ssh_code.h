/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_CODE_H
#define LANDER_NET_SSH_CODE_H

#include "net/ssh_key.h"

struct error;

#define SSH_CODE_TEXT 24 /* "ABCDE-FGHJK-MNPQR-STVWX" and a zero byte */

/** What both machines need so that each knows the other. */
struct ssh_code_keys {
	struct ssh_key host;   /* of the server */
	struct ssh_key reader; /* who may log in there */
};

/** ssh_code_make(ret, err): a new code: 90 random bits as 18 letters without I,
 *  L, O and U, and two that tell a slip of the hand. */
int ssh_code_make(char ret[SSH_CODE_TEXT], struct error **err);

/** ssh_code_keys(code, ret, err): the two keys that a code stands for.  Blanks,
 *  dashes and small letters do not matter, I and L are 1, O is 0.
 *  Errors: ERROR_CONFIG when it is none, or mistyped. */
int ssh_code_keys(const char *code, struct ssh_code_keys *ret,
		  struct error **err);
void ssh_code_keys_done(struct ssh_code_keys *keys);

#endif
