/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_SSH_HOSTKEY_H
#define LANDER_NET_SSH_HOSTKEY_H

#include <stdbool.h>
#include <stddef.h>

struct error;

#define SSH_HOSTKEY_TEXT 64U /* "SHA256:" and 43 letters */
#define SSH_HOSTKEY_RAW	 32U /* SHA-256 */

/** ssh_hostkey_print(digest, ret): as ssh-keygen -l prints it. */
void ssh_hostkey_print(const unsigned char digest[SSH_HOSTKEY_RAW],
		       char ret[SSH_HOSTKEY_TEXT]);

/** ssh_hostkey_fits(list, digest): whether one of list, "SHA256:…,SHA256:…",
 *  is this key's. */
bool ssh_hostkey_fits(const char *list,
		      const unsigned char digest[SSH_HOSTKEY_RAW]);

/** ssh_hostkey_check(list, err): that every entry is a SHA-256 fingerprint.
 *  Errors: ERROR_CONFIG. */
int ssh_hostkey_check(const char *list, struct error **err);

#endif
