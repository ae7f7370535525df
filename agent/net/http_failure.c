/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a failed request means to us: whether it is the job's fault, the
 * network's, or that somebody else answers there.  It shows the place that the
 * caller may show, and no more of the URL.
 */
#include "net/http_failure.h"

#include <errno.h>

#include "base/error.h"

int http_failure_status(const char *place, int status, struct error **err)
{
	bool later = status >= 500 || status == 408 || status == 429;

	return error_set(
		err, later ? ERROR_NETWORK : ERROR_CONFIG, 0,
		"%s: the server answers with status %d%s", place, status,
		status == 404 || status == 410 ? ": there is nothing (any more)"
		: status == 401 || status == 403 ? ": not for us"
						 : "");
}

int http_failure_code(const char *place, CURLcode code, const char *words,
		      struct error **err)
{
	if (!*words)
		words = curl_easy_strerror(code);
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return error_memory(err);
	case CURLE_ABORTED_BY_CALLBACK:
		return error_set(err, ERROR_ABORTED, ECANCELED, "%s", place);
	case CURLE_URL_MALFORMAT:
		return error_set(err, ERROR_CONFIG, 0, "%s is no URL of https",
				 place);
	case CURLE_TFTP_NOTFOUND:
	case CURLE_TFTP_PERM:
		return error_set(err, ERROR_CONFIG, 0, "%s: %s", place, words);
	case CURLE_SSL_CERTPROBLEM:
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: what clientcert names is no certificate "
				 "with its key: %s",
				 place, words);
	case CURLE_SSL_CACERT_BADFILE:
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: what cacert names holds no certificate",
				 place);
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return error_set(err, ERROR_NETWORK, EKEYREJECTED,
				 "%s: the server's key is not the one that "
				 "cacert names",
				 place);
	case CURLE_PEER_FAILED_VERIFICATION:
		return error_set(err, ERROR_NETWORK, EKEYREJECTED,
				 "%s: the server does not prove who it is: %s; "
				 "lander.cacert= names the authority or the "
				 "key that it has to have",
				 place, words);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(err, ERROR_NETWORK, ETIMEDOUT, "%s: %s", place,
				 words);
	default:
		return error_set(err, ERROR_NETWORK, 0, "%s: %s", place, words);
	}
}
