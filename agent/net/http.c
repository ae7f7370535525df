/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small documents over https, and http or tftp where nothing in them is a
 * secret.  What comes goes into locked memory, and what the libraries held of
 * it on the way is wiped.  It refuses servers that can't prove who they are,
 * answers beyond a limit, and every way from https to http; it follows
 * redirects itself, to see each of them.  It asks once: trying again is the
 * caller's affair.
 */
#include "net/http.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "base/version.h"
#include "net/http_failure.h"

#define REDIRECTS_MAX 5
#define PLACE_ROOM    512

struct transfer {
	const struct http_request *request;
	struct http_answer *answer;
	CURL *curl;
	struct curl_slist *headers;
	double end;	/* by io_seconds() */
	char *url;	/* of this hop */
	char *next;	/* of the one that follows */
	size_t skipped; /* bytes behind redirects */
	bool large;	/* more came than the limit */
	char words[CURL_ERROR_SIZE];
	char *place; /* what may be shown of url, PLACE_ROOM bytes */
};

static void begin(void)
{
	(void)curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, locked_free,
				   locked_realloc, strdup, calloc);
}

/* OpenSSL keeps the last record in the clear unless it is told, see
 * SSL_CTX_set_options(3ssl). */
static CURLcode cleanse(CURL *curl, void *context, void *owner)
{
	(void)curl;
	(void)owner;
	(void)SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT);
	return CURLE_OK;
}

static void wipe_text(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

/* --- one request --------------------------------------------------------- */

static bool is_scheme(const char *url, const char *scheme)
{
	return !strncasecmp(url, scheme, strlen(scheme));
}

/* A server of tftp only gives a file or an error, curl knows no status then. */
static int status_of(const struct transfer *t)
{
	long status = 0;

	if (is_scheme(t->url, "tftp://"))
		return 200;
	(void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

/* The page behind a redirect is of no use, and no longer than others may be.
 * 0 ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *owner)
{
	struct transfer *t = owner;
	size_t length = size * count;
	int status = status_of(t);

	if (status < 200 || status > 299)
		t->skipped += length;
	else
		t->large = !locked_add(&t->answer->body, bytes, length);
	t->large = t->large || t->skipped > t->request->limit;
	return t->large ? 0 : length;
}

static int look_at_order(void *owner, curl_off_t all, curl_off_t now,
			 curl_off_t all_up, curl_off_t now_up)
{
	const struct transfer *t = owner;
	const _Atomic bool *stop = t->request->stop;

	(void)all, (void)now, (void)all_up, (void)now_up;
	return stop && atomic_load(stop);
}

/* The certificate and its key stand in one text. */
static CURLcode show_ourselves(CURL *curl, const struct http_trust *who)
{
	struct curl_blob blob = {.data = (void *)(uintptr_t)who->own,
				 .len = who->own_length,
				 .flags = CURL_BLOB_COPY};
	CURLcode code;

	if (!who->own)
		return CURLE_OK;
	(void)curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
	(void)curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
	code = curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &blob);
	return code ? code : curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &blob);
}

static CURLcode trust(CURL *curl, const struct http_trust *who)
{
	struct curl_blob blob = {.flags = CURL_BLOB_COPY};
	CURLcode code = who ? show_ourselves(curl, who) : CURLE_OK;

	if (code)
		return code;
	if (who && who->pin) {
		/* The key itself is known: who else vouches for it is of no
		 * more interest than it is for an SSH host key. */
		code = curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY,
					who->pin);
		if (code)
			return code;
		(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
		(void)curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
		return CURLE_OK;
	}
	if (who && who->pem) {
		blob.data = (void *)(uintptr_t)who->pem;
		blob.len = who->pem_length;
		(void)curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
		(void)curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
		code = curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
	}
	return code;
}

static long left_ms(const struct transfer *t)
{
	double left = (t->end - io_seconds()) * 1000;

	return left > 1 ? (long)left : 1;
}

static bool add_header(struct transfer *t, const char *header)
{
	struct curl_slist *more = curl_slist_append(t->headers, header);

	if (more)
		t->headers = more;
	return more;
}

static CURLcode prepare_headers(struct transfer *t)
{
	const struct http_request *request = t->request;
	const char *const *header = request->headers;
	char type[128];

	if (request->body) {
		(void)snprintf(type, sizeof(type), "Content-Type: %s",
			       request->body_type);
		if (!add_header(t, type))
			return CURLE_OUT_OF_MEMORY;
		(void)curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE,
				       (curl_off_t)request->body_length);
		(void)curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS,
				       request->body);
	}
	for (; header && *header; header++)
		if (!add_header(t, *header))
			return CURLE_OUT_OF_MEMORY;
	return curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
}

static CURLcode prepare(struct transfer *t)
{
	const struct http_request *request = t->request;
	CURL *curl = t->curl;
	CURLcode code = trust(curl, request->trust);

	(void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->words);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_at_order);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			       (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			       (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, cleanse);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT,
			       "lander/" LANDER_VERSION);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			       (long)request->connect_s);
	(void)curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE,
			       (curl_off_t)request->limit);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
					request->secret ? "https"
							: "https,http,tftp");
	return code == CURLE_OK ? prepare_headers(t) : code;
}

/* --- what went wrong ----------------------------------------------------- */

static int failed(struct transfer *t, CURLcode code, struct error **err)
{
	parse_make_printable(t->words);
	return http_failure_code(t->place, code, t->words, err);
}

static int too_large(const struct transfer *t, struct error **err)
{
	return error_set(err, ERROR_CONFIG, EFBIG,
			 "%s: what it gives has more than %zu bytes", t->place,
			 t->request->limit);
}

/* --- hops ---------------------------------------------------------------- */

static int check_scheme(const struct transfer *t, struct error **err)
{
	bool tftp = is_scheme(t->url, "tftp://");

	if (is_scheme(t->url, "https://"))
		return 0;
	if ((!tftp && !is_scheme(t->url, "http://")) ||
	    (tftp && t->request->body))
		return error_set(err, ERROR_CONFIG, 0, "%s is no URL of https",
				 t->place);
	if (t->request->secret)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: a secret is not fetched over %s, where "
				 "everybody can read it: https only",
				 t->place, tftp ? "tftp" : "http");
	return 0;
}

/* Whether there is another hop stands in t->next. */
static int look_at_end(struct transfer *t, CURLcode code, struct error **err)
{
	struct http_answer *answer = t->answer;
	char *next = NULL;
	long sent = 0;

	answer->status = status_of(t);
	(void)curl_easy_getinfo(t->curl, CURLINFO_REQUEST_SIZE, &sent);
	answer->asked = answer->asked || sent > 0;
	if (answer->status >= 400)
		return http_failure_status(t->place, answer->status, err);
	(void)curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &next);
	if (next && !t->request->body) {
		t->next = strdup(next);
		return t->next ? 0 : error_memory(err);
	}
	if (t->large || code == CURLE_FILESIZE_EXCEEDED)
		return too_large(t, err);
	if (answer->status >= 300)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: the server answers with status %d and "
				 "nothing else",
				 t->place, answer->status);
	return code ? failed(t, code, err) : 0;
}

static int one_hop(struct transfer *t, struct error **err)
{
	CURLcode code;
	int r;

	parse_url_place(t->url, !(t->request->secret || t->request->hidden),
			t->place, PLACE_ROOM);
	r = check_scheme(t, err);
	if (r < 0)
		return r;
	(void)curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, left_ms(t));
	code = curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
	if (code)
		return failed(t, code, err);
	return look_at_end(t, curl_easy_perform(t->curl), err);
}

static int follow(struct transfer *t, struct error **err)
{
	bool safe = false;

	for (unsigned int hop = 0;; hop++) {
		int r;

		safe = safe || is_scheme(t->url, "https://");
		r = one_hop(t, err);
		if (r < 0 || !t->next)
			return r;
		if (hop == REDIRECTS_MAX)
			return error_set(err, ERROR_CONFIG, 0,
					 "%s redirects again and again",
					 t->place);
		if (safe && !is_scheme(t->next, "https://"))
			return error_set(err, ERROR_CONFIG, 0,
					 "%s redirects away from https, which "
					 "is not followed",
					 t->place);
		wipe_text(&t->url);
		t->url = t->next;
		t->next = NULL;
	}
}

int http_fetch(const struct http_request *request, struct http_answer *ret,
	       struct error **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char place[PLACE_ROOM];
	struct transfer t = {.request = request,
			     .answer = ret,
			     .end = io_seconds() + request->total_s,
			     .url = strdup(request->url),
			     .place = place};
	CURLcode code;
	int r;

	*ret = (struct http_answer){0};
	(void)pthread_once(&once, begin);
	t.curl = curl_easy_init();
	if (!t.curl || !t.url) {
		r = error_memory(err);
		goto out;
	}
	r = locked_begin(request->limit + 1, &ret->body, err);
	if (r < 0)
		goto out;
	parse_url_place(t.url, !(request->secret || request->hidden), place,
			sizeof(place));
	code = prepare(&t);
	r = code ? failed(&t, code, err) : follow(&t, err);
out:
	if (t.curl)
		curl_easy_cleanup(t.curl);
	curl_slist_free_all(t.headers);
	wipe_text(&t.url);
	wipe_text(&t.next);
	if (r < 0)
		locked_done(&ret->body);
	return r;
}
