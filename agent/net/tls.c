/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stream through TLS to a server that must prove who it is: by an authority
 * and its name, or by its public key.  There is no way without a proof.
 */
#include "net/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "net/http.h"

/* Debian's authorities in one file, beside OpenSSL's own directory of them. */
#define BUNDLE "/etc/ssl/certs/ca-certificates.crt"

struct tls {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
};

static int no_pem(const char *what, struct error **err)
{
	ERR_clear_error();
	return error_set(err, ERROR_CONFIG, 0, "%s", what);
}

static int trust_authorities(SSL_CTX *context, const struct http_trust *trust,
			     struct error **err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	size_t count = 0;
	X509 *one;
	BIO *text;

	if (!trust || !trust->pem) {
		(void)SSL_CTX_set_default_verify_paths(context);
		(void)SSL_CTX_load_verify_file(context, BUNDLE);
		ERR_clear_error();
		return 0;
	}
	/* Whoever is named is trusted, an authority below another one or the
	 * server itself, as libcurl has it. */
	(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	text = BIO_new_mem_buf(trust->pem, (int)trust->pem_length);
	while (text && (one = PEM_read_bio_X509(text, NULL, NULL, NULL))) {
		count += X509_STORE_add_cert(store, one) == 1;
		X509_free(one);
	}
	(void)BIO_free(text);
	ERR_clear_error();
	return count ? 0
		     : no_pem("there is no certificate in what "
			      "lander.cacert names",
			      err);
}

/* Nobody is asked for a passphrase. */
static int no_passphrase(char *buf, int room, int writing, void *owner)
{
	(void)buf, (void)room, (void)writing, (void)owner;
	return -1;
}

/* The first one is our own, the others vouch for it. */
static bool take_chain(SSL_CTX *context, BIO *text)
{
	X509 *own = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
	bool good = own && SSL_CTX_use_certificate(context, own) == 1;
	X509 *other;

	X509_free(own);
	while (good && (other = PEM_read_bio_X509(text, NULL, NULL, NULL))) {
		good = SSL_CTX_add1_chain_cert(context, other) == 1;
		X509_free(other);
	}
	return good;
}

/* The certificates and the key stand in one text. */
static int show_ourselves(SSL_CTX *context, const struct http_trust *trust,
			  struct error **err)
{
	EVP_PKEY *key = NULL;
	bool good;
	BIO *text;

	if (!trust || !trust->own)
		return 0;
	text = BIO_new_mem_buf(trust->own, (int)trust->own_length);
	good = take_chain(context, text);
	(void)BIO_free(text);
	text = BIO_new_mem_buf(trust->own, (int)trust->own_length);
	if (text)
		key = PEM_read_bio_PrivateKey(text, NULL, no_passphrase, NULL);
	(void)BIO_free(text);
	good = good && key && SSL_CTX_use_PrivateKey(context, key) == 1;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? 0
		    : no_pem("there is no certificate with its key in what "
			     "lander.clientcert names",
			     err);
}

static bool is_pinned(SSL *ssl, const char *pins)
{
	X509 *server = SSL_get1_peer_certificate(ssl);
	unsigned char digest[SHA256_DIGEST_LENGTH];
	unsigned char *der = NULL;
	char pin[8 + 44 + 1] = "sha256//";
	int length =
		server ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(server), &der)
		       : -1;
	bool found = false;

	if (length > 0 && SHA256(der, (size_t)length, digest)) {
		(void)EVP_EncodeBlock((unsigned char *)pin + 8, digest,
				      sizeof(digest));
		found = strstr(pins, pin);
	}
	OPENSSL_free(der);
	X509_free(server);
	return found;
}

static void expect_name(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *wanted = SSL_get0_param(ssl);

	SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host) == 1)
		return;
	ERR_clear_error();
	(void)SSL_set_tlsext_host_name(ssl, host);
	if (SSL_set1_host(ssl, host) != 1)
		/* Then nobody is it. */
		(void)SSL_set1_host(ssl, ".invalid");
}

static int failed(SSL *ssl, const char *host, struct error **err)
{
	/* Where its key alone counts nobody else's word does. */
	long verdict = SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE
			       ? X509_V_OK
			       : SSL_get_verify_result(ssl);
	unsigned long code = ERR_peek_last_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	if (verdict != X509_V_OK)
		return error_set(err, ERROR_NETWORK, EKEYREJECTED,
				 "%s does not prove who it is: %s; "
				 "lander.cacert= names the authority or the "
				 "key that it has to have",
				 host, X509_verify_cert_error_string(verdict));
	return error_set(err, ERROR_NETWORK, 0, "TLS with %s: %s", host,
			 why ? why : "no answer");
}

static int shake_hands(struct tls *tls, const char *host, const char *pins,
		       struct error **err)
{
	if (SSL_set_fd(tls->ssl, tls->fd) != 1)
		return error_memory(err);
	if (pins)
		SSL_set_verify(tls->ssl, SSL_VERIFY_NONE, NULL);
	else
		expect_name(tls->ssl, host);
	if (SSL_connect(tls->ssl) != 1)
		return failed(tls->ssl, host, err);
	if (pins && !is_pinned(tls->ssl, pins))
		return error_set(err, ERROR_NETWORK, EKEYREJECTED,
				 "%s has another public key than "
				 "lander.cacert says",
				 host);
	return 0;
}

int tls_open(int fd, const char *host, const struct http_trust *trust,
	     struct tls **ret, struct error **err)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	int r = 0;

	if (!tls)
		return error_memory(err);
	tls->fd = fd;
	tls->context = SSL_CTX_new(TLS_client_method());
	if (!tls->context) {
		r = error_memory(err);
		goto out;
	}
	(void)SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
	r = trust_authorities(tls->context, trust, err);
	if (r == 0)
		r = show_ourselves(tls->context, trust, err);
	if (r < 0)
		goto out;
	tls->ssl = SSL_new(tls->context);
	r = tls->ssl ? shake_hands(tls, host, trust ? trust->pin : NULL, err)
		     : error_memory(err);
out:
	if (r < 0) {
		SSL_free(tls->ssl);
		SSL_CTX_free(tls->context);
		free(tls);
		return r;
	}
	*ret = tls;
	return 0;
}

int tls_write(struct tls *tls, const void *bytes, size_t length,
	      struct error **err)
{
	size_t done = 0;

	/* Without partial writes it is all or nothing. */
	if (SSL_write_ex(tls->ssl, bytes, length, &done) == 1 && done == length)
		return 0;
	ERR_clear_error();
	return error_set(err, ERROR_NETWORK, 0, "the TLS connection ended");
}

/* Nothing is said there but goodbye, and what TLS itself says. */
bool tls_ended(struct tls *tls)
{
	struct pollfd ready = {.fd = tls->fd, .events = POLLIN};
	int flags = fcntl(tls->fd, F_GETFL);
	char octet;
	int got;
	bool ended;

	if (poll(&ready, 1, 0) <= 0)
		return false;
	(void)fcntl(tls->fd, F_SETFL, flags | O_NONBLOCK);
	got = SSL_read(tls->ssl, &octet, 1);
	ended = got <= 0 && SSL_get_error(tls->ssl, got) != SSL_ERROR_WANT_READ;
	(void)fcntl(tls->fd, F_SETFL, flags);
	ERR_clear_error();
	return ended;
}

void tls_close(struct tls *tls)
{
	if (!tls)
		return;
	(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
	SSL_free(tls->ssl);
	SSL_CTX_free(tls->context);
	free(tls);
}
