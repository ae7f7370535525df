/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_TLS_H
#define LANDER_NET_TLS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct http_trust;
struct tls;

/** tls_open(fd, host, trust, ret, err): TLS 1.2 or newer over a connected
 *  socket that blocks with time limits (SO_RCVTIMEO), with the server of that
 *  name or address; trust as for http_fetch(), net/http.h.  The socket stays
 *  the caller's.
 *  Errors: ERROR_CONFIG (a PEM text that is none), ERROR_NETWORK;
 *  EKEYREJECTED: the server is somebody else.
 *  Source: SSL_set1_host(3ssl), X509_STORE_set_flags(3ssl). */
int tls_open(int fd, const char *host, const struct http_trust *trust,
	     struct tls **ret, struct error **err);

/** tls_write(tls, bytes, length, err): all of them.  Errors: ERROR_NETWORK. */
int tls_write(struct tls *tls, const void *bytes, size_t length,
	      struct error **err);

/** tls_ended(tls): the server said goodbye, or is gone. */
bool tls_ended(struct tls *tls);

/** tls_close(tls): says goodbye; NULL does nothing. */
void tls_close(struct tls *tls);

#endif
