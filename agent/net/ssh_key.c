/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private keys of SSH: made here, or only looked at, to know the public half of
 * one that was given.  They stay in locked memory.
 */
#include "net/ssh_key.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END   "-----END OPENSSH PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* and a zero byte */
#define RAW   ((size_t)16384)

static int failed(struct error **err)
{
	return error_set(err, ERROR_INTERNAL, 0, "a key can't be made");
}

static int describe(EVP_PKEY *key, struct ssh_public *ret, struct error **err)
{
	static const uint8_t head[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	uint8_t raw[sizeof(head) - 1 + 32];
	size_t length = 32;

	memcpy(raw, head, sizeof(head) - 1);
	if (EVP_PKEY_get_raw_public_key(key, raw + sizeof(head) - 1, &length) !=
		    1 ||
	    length != 32)
		return failed(err);
	return ssh_public_take(raw, sizeof(raw), ret, err);
}

static int write_down(EVP_PKEY *key, struct locked *ret, struct error **err)
{
	BIO *out = BIO_new(BIO_s_secmem());
	char *text = NULL;
	long length;
	int r;

	if (!out)
		return error_memory(err);
	if (PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) != 1)
		r = failed(err);
	else {
		length = BIO_get_mem_data(out, &text);
		r = locked_copy(text, (size_t)length, ret, err);
		OPENSSL_cleanse(text, (size_t)length);
	}
	BIO_free(out);
	return r;
}

int ssh_key_of(const uint8_t seed[SSH_KEY_SEED], struct ssh_key *ret,
	       struct error **err)
{
	struct ssh_key made = {0};
	uint8_t random[SSH_KEY_SEED];
	EVP_PKEY *key;
	int r;

	if (!seed && RAND_priv_bytes(random, sizeof(random)) != 1)
		return failed(err);
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
					   seed ? seed : random, SSH_KEY_SEED);
	explicit_bzero(random, sizeof(random));
	r = key ? describe(key, &made.public, err) : failed(err);
	if (r == 0)
		r = write_down(key, &made.private, err);
	EVP_PKEY_free(key);
	if (r == 0)
		*ret = made;
	return r;
}

/* The bytes between the two lines. */
static bool decode(const char *text, uint8_t raw[RAW], size_t *ret_length)
{
	const char *from = strstr(text, BEGIN);
	const char *to = from ? strstr(from, END) : NULL;
	EVP_ENCODE_CTX *way = EVP_ENCODE_CTX_new();
	int length = 0;
	int rest = 0;
	bool good = false;

	if (to && way) {
		from += strlen(BEGIN);
		EVP_DecodeInit(way);
		/* Four letters are at most three bytes. */
		good = (size_t)(to - from) < RAW &&
		       EVP_DecodeUpdate(way, raw, &length,
					(const unsigned char *)from,
					(int)(to - from)) >= 0 &&
		       EVP_DecodeFinal(way, raw + length, &rest) == 1;
	}
	EVP_ENCODE_CTX_free(way);
	*ret_length = (size_t)length + (size_t)rest;
	return good;
}

static bool take(const uint8_t **at, const uint8_t *end, const uint8_t **ret,
		 size_t *ret_length)
{
	size_t length;

	if (end - *at < 4)
		return false;
	length = (size_t)(*at)[0] << 24 | (size_t)(*at)[1] << 16 |
		 (size_t)(*at)[2] << 8 | (*at)[3];
	if (length > (size_t)(end - *at) - 4)
		return false;
	*ret = *at + 4;
	*ret_length = length;
	*at += 4 + length;
	return true;
}

/* cipher, kdf, its options, how many keys, the public one */
static const uint8_t *find_public(const uint8_t *raw, size_t length,
				  size_t *ret_length)
{
	const uint8_t *at = raw + sizeof(MAGIC);
	const uint8_t *end = raw + length;
	const uint8_t *field;

	if (length < sizeof(MAGIC) || memcmp(raw, MAGIC, sizeof(MAGIC)) != 0 ||
	    !take(&at, end, &field, ret_length) || *ret_length != 4 ||
	    memcmp(field, "none", 4) != 0 ||
	    !take(&at, end, &field, ret_length) ||
	    !take(&at, end, &field, ret_length) || end - at < 4 ||
	    memcmp(at, "\0\0\0\x01", 4) != 0)
		return NULL;
	at += 4;
	return take(&at, end, &field, ret_length) ? field : NULL;
}

int ssh_key_read(const void *bytes, size_t length, struct ssh_key *ret,
		 struct error **err)
{
	struct ssh_key key = {0};
	const uint8_t *blob = NULL; /* of the public key */
	size_t blob_length = 0;
	size_t raw_length = 0;
	uint8_t raw[RAW];
	int r = locked_copy(bytes, length, &key.private, err);

	if (r < 0)
		return r;
	if (strlen(key.private.at) == length &&
	    decode(key.private.at, raw, &raw_length))
		blob = find_public(raw, raw_length, &blob_length);
	if (!blob || ssh_public_take(blob, blob_length, &key.public, NULL) < 0)
		r = error_set(err, ERROR_CONFIG, 0,
			      "it is no private key as ssh-keygen makes it "
			      "without a passphrase (ed25519, ecdsa or rsa)");
	explicit_bzero(raw, sizeof(raw));
	if (r < 0)
		ssh_key_done(&key);
	else
		*ret = key;
	return r;
}

void ssh_key_done(struct ssh_key *key)
{
	locked_done(&key->private);
	*key = (struct ssh_key){0};
}
