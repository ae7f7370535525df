/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_PUBLIC_H
#define LANDER_NET_SSH_PUBLIC_H

#include <stddef.h>
#include <stdint.h>

#include "net/ssh_hostkey.h"

struct error;

#define SSH_PUBLIC_RAW	((size_t)2048) /* RSA with 16384 bits fits */
#define SSH_PUBLIC_TEXT 2736	       /* of it in base64 */

/** A public key. */
struct ssh_public {
	char type[32];		      /* "ssh-ed25519" */
	char text[SSH_PUBLIC_TEXT];   /* "AAAA…" */
	char print[SSH_HOSTKEY_TEXT]; /* "SHA256:…" */
};

/**
 * ssh_public_read(line, ret, err): "TYPE AAAA… [comment]" as in a .pub file, or
 * the "AAAA…" alone; ed25519, ecdsa and rsa, whole to the last byte.
 * Errors: ERROR_CONFIG.  Source: RFC 4253 6.6, RFC 5656, RFC 8709.
 */
int ssh_public_read(const char *line, struct ssh_public *ret,
		    struct error **err);

/** ssh_public_take(raw, length, ret, err): the same of the bytes. */
int ssh_public_take(const uint8_t *raw, size_t length, struct ssh_public *ret,
		    struct error **err);

/** ssh_public_word(public): "ED25519", "ECDSA" or "RSA", for people. */
const char *ssh_public_word(const struct ssh_public *public);

#endif
