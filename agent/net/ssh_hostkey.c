/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fingerprints of SSH host keys: SHA-256, base64 without padding.  MD5 ones are
 * refused.
 * Source: ssh-keygen(1) -l, -E.
 */
#include "net/ssh_hostkey.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define PREFIX	"SHA256:"
#define LETTERS 43U /* of 32 bytes, without the "=" */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			       "uvwxyz0123456789+/";

void ssh_hostkey_print(const unsigned char digest[SSH_HOSTKEY_RAW],
		       char ret[SSH_HOSTKEY_TEXT])
{
	char *at = ret + strlen(PREFIX);
	unsigned int bits = 0;
	unsigned int have = 0;

	memcpy(ret, PREFIX, strlen(PREFIX));
	for (size_t i = 0; i < SSH_HOSTKEY_RAW; i++) {
		bits = bits << 8 | digest[i];
		for (have += 8; have >= 6; have -= 6)
			*at++ = alphabet[bits >> (have - 6) & 63];
	}
	*at++ = alphabet[bits << (6 - have) & 63];
	*at = '\0';
}

/* One entry of a list and its length; padding does not count. */
static const char *next(const char *list, size_t *ret_length)
{
	size_t length = strcspn(list, ",");

	*ret_length = length;
	while (*ret_length && list[*ret_length - 1] == '=')
		--*ret_length;
	return list[length] ? list + length + 1 : NULL;
}

bool ssh_hostkey_fits(const char *list,
		      const unsigned char digest[SSH_HOSTKEY_RAW])
{
	char text[SSH_HOSTKEY_TEXT];
	bool fits = false;

	ssh_hostkey_print(digest, text);
	while (list) {
		const char *entry = list;
		size_t length;

		list = next(list, &length);
		fits = fits ||
		       (length == strlen(text) && !memcmp(entry, text, length));
	}
	return fits;
}

int ssh_hostkey_check(const char *list, struct error **err)
{
	while (list) {
		const char *entry = list;
		size_t length;

		list = next(list, &length);
		if (length != strlen(PREFIX) + LETTERS ||
		    strncmp(entry, PREFIX, strlen(PREFIX)) ||
		    strspn(entry + strlen(PREFIX), alphabet) != LETTERS)
			return error_set(
				err, ERROR_CONFIG, 0,
				"'%.*s' is no fingerprint as "
				"ssh-keygen -lf prints it (SHA256: and %u "
				"letters)",
				(int)strcspn(entry, ","), entry, LETTERS);
	}
	return 0;
}
