/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_NET_HTTP_FAILURE_H
#define LANDER_NET_HTTP_FAILURE_H

#include <stdbool.h>

#include <curl/curl.h>

struct error;

/** http_failure_status(place, status, err): a status of 400 and above.
 *  http_failure_code(place, code, words, err): what libcurl calls its failure,
 *  with its printable words or "".  place: what may be shown of the URL.
 *  Both return http_fetch()'s errors.  Source: RFC 9110, libcurl-errors(3). */
int http_failure_status(const char *place, int status, struct error **err);
int http_failure_code(const char *place, CURLcode code, const char *words,
		      struct error **err);

#endif
