/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A code that a person reads on one machine and types on another, and the two
 * keys that it stands for.  It is no password: nobody ever sends it.  What a
 * listener sees are public keys made of 90 random bits, too many to try.
 */
#include "net/ssh_code.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define SECRET	18 /* letters, 5 bits each */
#define LETTERS 20 /* with the two that check them */
#define GROUP	5

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int make_digest(const char *letters, const char *what,
		       uint8_t ret[SSH_KEY_SEED], struct error **err)
{
	unsigned int length = SSH_KEY_SEED;

	if (!HMAC(EVP_sha256(), letters, SECRET, (const unsigned char *)what,
		  strlen(what), ret, &length))
		return error_set(err, ERROR_INTERNAL, 0, "HMAC-SHA256");
	return 0;
}

static int make_check(char letters[LETTERS], char ret[2], struct error **err)
{
	uint8_t digest[SSH_KEY_SEED];
	int r = make_digest(letters, "lander code: check", digest, err);

	ret[0] = alphabet[digest[0] & 31];
	ret[1] = alphabet[digest[1] & 31];
	return r;
}

int ssh_code_make(char ret[SSH_CODE_TEXT], struct error **err)
{
	char letters[LETTERS];
	uint8_t random[SECRET];
	size_t used = 0;
	int r;

	if (RAND_priv_bytes(random, sizeof(random)) != 1)
		return error_set(err, ERROR_INTERNAL, 0,
				 "no random bits are to be had");
	for (size_t i = 0; i < SECRET; i++)
		letters[i] = alphabet[random[i] & 31];
	r = make_check(letters, letters + SECRET, err);
	for (size_t i = 0; i < LETTERS; i++) {
		if (i && i % GROUP == 0)
			ret[used++] = '-';
		ret[used++] = letters[i];
	}
	ret[used] = '\0';
	explicit_bzero(random, sizeof(random));
	explicit_bzero(letters, sizeof(letters));
	return r;
}

/* As people read and type. */
static char correct(char c)
{
	c = (char)toupper((unsigned char)c);
	if (c == 'O')
		return '0';
	return c == 'I' || c == 'L' ? '1' : c;
}

static int read_letters(const char *code, char ret[LETTERS], struct error **err)
{
	char check[2];
	size_t count = 0;
	int r;

	for (; *code; code++) {
		char c = correct(*code);

		if (c == '-' || isspace((unsigned char)c))
			continue;
		if (!strchr(alphabet, c) || count == LETTERS)
			return error_set(err, ERROR_CONFIG, 0,
					 "a code has %d letters and digits, "
					 "and no U",
					 LETTERS);
		ret[count++] = c;
	}
	if (count != LETTERS)
		return error_set(err, ERROR_CONFIG, 0,
				 "a code has %d letters and digits, this one "
				 "%zu",
				 LETTERS, count);
	r = make_check(ret, check, err);
	if (r == 0 && memcmp(check, ret + SECRET, sizeof(check)) != 0)
		r = error_set(err, ERROR_CONFIG, 0,
			      "a letter of this code is not as it was shown");
	return r;
}

int ssh_code_keys(const char *code, struct ssh_code_keys *ret,
		  struct error **err)
{
	struct ssh_code_keys keys = {0};
	uint8_t seed[SSH_KEY_SEED];
	char letters[LETTERS];
	int r = read_letters(code, letters, err);

	if (r == 0)
		r = make_digest(letters, "lander code: host key", seed, err);
	if (r == 0)
		r = ssh_key_of(seed, &keys.host, err);
	if (r == 0)
		r = make_digest(letters, "lander code: reader's key", seed,
				err);
	if (r == 0)
		r = ssh_key_of(seed, &keys.reader, err);
	explicit_bzero(letters, sizeof(letters));
	explicit_bzero(seed, sizeof(seed));
	if (r < 0)
		ssh_code_keys_done(&keys);
	else
		*ret = keys;
	return r;
}

void ssh_code_keys_done(struct ssh_code_keys *keys)
{
	ssh_key_done(&keys->host);
	ssh_key_done(&keys->reader);
}
