/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_KEY_H
#define LANDER_NET_SSH_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "net/locked.h"
#include "net/ssh_public.h"

struct error;

#define SSH_KEY_SEED 32 /* bytes, all there is to such a key (RFC 8032) */

/** A key of SSH; {0} is none. */
struct ssh_key {
	struct locked private; /* the text of its file */
	struct ssh_public public;
};

/** ssh_key_of(seed, ret, err): the Ed25519 key of this seed, always the same;
 *  NULL: of a random one.  PEM, PKCS#8 (RFC 8410), which OpenSSH 9.6 and
 *  libssh2 read. */
int ssh_key_of(const uint8_t seed[SSH_KEY_SEED], struct ssh_key *ret,
	       struct error **err);

/** ssh_key_read(bytes, length, ret, err): a private key as ssh-keygen makes it,
 *  without a passphrase.  Errors: ERROR_CONFIG, without a byte of it.
 *  Source: OpenSSH's PROTOCOL.key. */
int ssh_key_read(const void *bytes, size_t length, struct ssh_key *ret,
		 struct error **err);

void ssh_key_done(struct ssh_key *key);

#endif
