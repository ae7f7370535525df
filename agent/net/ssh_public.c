/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Public keys of SSH, taken apart down to their last byte, so that half a
 * pasted line is found here and not by a login that fails.  It refuses kinds
 * that lander itself can't log in with.
 */
#include "net/ssh_public.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define BLANK " \t\r\n"

/* Fields of a key of each kind, its type the first of them. */
static const struct {
	const char *type;
	unsigned int fields;
	const char *word;
} kinds[] = {
	{"ssh-ed25519", 2, "ED25519"},
	{"ecdsa-sha2-nistp256", 3, "ECDSA"},
	{"ecdsa-sha2-nistp384", 3, "ECDSA"},
	{"ecdsa-sha2-nistp521", 3, "ECDSA"},
	{"ssh-rsa", 3, "RSA"},
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static size_t find_kind(const char *type, size_t length)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strlen(kinds[i].type) == length &&
		    !memcmp(kinds[i].type, type, length))
			return i;
	return KINDS;
}

static int bad(struct error **err)
{
	return error_set(err, ERROR_CONFIG, 0,
			 "no public key of SSH (ssh-ed25519 AAAA…, as in "
			 "~/.ssh/id_ed25519.pub), or not the whole of it");
}

/* The next string behind a length of four bytes; false when it is cut. */
static bool take_field(const uint8_t **at, const uint8_t *end,
		       const uint8_t **ret, size_t *ret_length)
{
	size_t left = (size_t)(end - *at);
	size_t length;

	if (left < 4)
		return false;
	length = (size_t)(*at)[0] << 24 | (size_t)(*at)[1] << 16 |
		 (size_t)(*at)[2] << 8 | (*at)[3];
	if (!length || length > left - 4)
		return false;
	*ret = *at + 4;
	*ret_length = length;
	*at += 4 + length;
	return true;
}

int ssh_public_take(const uint8_t *raw, size_t length, struct ssh_public *ret,
		    struct error **err)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	const uint8_t *end = raw + length;
	const uint8_t *at = raw;
	const uint8_t *field;
	size_t field_length;
	size_t kind;

	if (length > SSH_PUBLIC_RAW ||
	    !take_field(&at, end, &field, &field_length))
		return bad(err);
	kind = find_kind((const char *)field, field_length);
	if (kind == KINDS)
		return bad(err);
	for (unsigned int i = 1; i < kinds[kind].fields; i++)
		if (!take_field(&at, end, &field, &field_length))
			return bad(err);
	if (at != end || (kind == 0 && field_length != 32))
		return bad(err);
	(void)snprintf(ret->type, sizeof(ret->type), "%s", kinds[kind].type);
	(void)EVP_EncodeBlock((unsigned char *)ret->text, raw, (int)length);
	(void)SHA256(raw, length, digest);
	ssh_hostkey_print(digest, ret->print);
	return 0;
}

static bool decode(const char *text, size_t length, uint8_t *raw,
		   size_t *ret_length)
{
	size_t padding = 0;
	int n;

	if (!length || length % 4 || length >= SSH_PUBLIC_TEXT)
		return false;
	while (padding < 2 && text[length - 1 - padding] == '=')
		padding++;
	n = EVP_DecodeBlock(raw, (const unsigned char *)text, (int)length);
	if (n < (int)padding)
		return false;
	*ret_length = (size_t)n - padding;
	return true;
}

int ssh_public_read(const char *line, struct ssh_public *ret,
		    struct error **err)
{
	uint8_t raw[SSH_PUBLIC_TEXT];
	const char *type = line + strspn(line, BLANK);
	size_t type_length = strcspn(type, BLANK);
	const char *text = type;
	size_t length = 0;

	if (strncmp(type, "AAAA", 4) != 0) {
		text += type_length;
		text += strspn(text, BLANK);
	}
	if (!decode(text, strcspn(text, BLANK), raw, &length) ||
	    ssh_public_take(raw, length, ret, NULL) < 0)
		return bad(err);
	if (text != type && (strlen(ret->type) != type_length ||
			     strncmp(ret->type, type, type_length) != 0))
		return error_set(err, ERROR_CONFIG, 0,
				 "the public key calls itself %.*s and is %s",
				 (int)(type_length > 31 ? 31 : type_length),
				 type, ret->type);
	return 0;
}

const char *ssh_public_word(const struct ssh_public *public)
{
	size_t kind = find_kind(public->type, strlen(public->type));

	return kind < KINDS ? kinds[kind].word : "?";
}
