/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_HTTP_H
#define LANDER_NET_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/locked.h"

struct error;

/** Who a server must be, when not somebody that the system's authorities know,
 *  and who we are.  {0}: the system's, nobody. */
struct http_trust {
	const char *pem; /* authorities, of which one must have signed it */
	size_t pem_length;
	/** "sha256//BASE64[;sha256//…]" of its public key, as curl(1) takes it:
	 *  then the key alone counts, not name, date and authority. */
	const char *pin;
	const char *own; /* our certificate and its key, PEM, or NULL */
	size_t own_length;
};

/** One small document to fetch, or to deliver when body is set (POST). */
struct http_request {
	const char *url; /* https://; http:// and, to fetch, tftp:// when it is
			  * no secret */
	const struct http_trust *trust;	 /* NULL: the system's authorities */
	const char *body;		 /* NULL: GET */
	size_t body_length;		 /* bytes */
	const char *body_type;		 /* "application/json" */
	const char *const *headers;	 /* "Name: value", NULL-terminated */
	size_t limit;			 /* bytes of the answer, at most */
	unsigned int connect_s, total_s; /* seconds; total with redirects */
	bool secret; /* https only; no message shows more than the host */
	bool hidden; /* no message shows more than the host */
	const _Atomic bool *stop;
};

struct http_answer {
	int status;	    /* 200, of tftp too; 0: none came */
	bool asked;	    /* the request left: a URL for one use is spent */
	struct locked body; /* locked_done() */
};

/**
 * http_fetch(request, ret, err): one try, at most five redirects, never from
 * https to http.  ret is filled also on failure, but for its body.
 * Errors: ERROR_CONFIG (not a URL, a scheme that is refused, status 4xx, a file
 * that tftp has not, EFBIG for an answer above the limit), ERROR_NETWORK (no
 * answer in time, status 5xx; EKEYREJECTED: the server is somebody else),
 * ERROR_ABORTED. Source: libcurl's manual pages.
 */
int http_fetch(const struct http_request *request, struct http_answer *ret,
	       struct error **err);

#endif
