/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a key or a certificate is still the one that it was.  Only a digest
 * of it is kept.
 */
#include "run/keymark.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "config/secret.h"

void keymark_read(const char *place, char ret[KEYMARK_ROOM])
{
	uint8_t digest[(KEYMARK_ROOM - 1) / 2];
	struct error *error = NULL;
	void *bytes = NULL;
	size_t length = 0;

	*ret = '\0';
	if (place && secret_read_place(place, &bytes, &length, &error) == 0 &&
	    EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL) == 1)
		for (size_t i = 0; i < sizeof(digest); i++)
			(void)snprintf(ret + 2 * i, 3, "%02x", digest[i]);
	secret_forget(bytes, length);
	error_free(error);
}
