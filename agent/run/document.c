/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One document of a job, from a server or from a place of this machine, and
 * where another one is that it names.  What it says is nobody's business here.
 */
#include "run/document.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/kickstart.h"
#include "config/secret.h"
#include "run/machine_id.h"
#include "run/trust.h"

#define CONNECT_S 10U
#define TOTAL_S	  60U

/* What a URL ends with may be all that it takes to use it; what is called like
 * a file is none of that kind. */
static void name_it(const char *place, char name[DOCUMENT_NAME])
{
	const char *last = strrchr(place, '/');
	size_t length = last ? strlen(last + 1) : 0;

	if (!strstr(place, "://"))
		(void)snprintf(name, DOCUMENT_NAME, "%s", place);
	else if (length > 3 && !strcmp(last + 1 + length - 3, ".ks") &&
		 !strpbrk(last, "?#"))
		(void)snprintf(name, DOCUMENT_NAME, "%s", last + 1);
	else
		parse_url_place(place, false, name, DOCUMENT_NAME);
	parse_make_printable(name);
}

static int fetch(const struct document_order *order, const char *url,
		 struct document *ret, struct error **err)
{
	const struct machine_id *id = order->id;
	char serial[192];
	char mac[96];
	const char *headers[3] = {NULL};
	size_t count = 0;
	struct trust trust = {0};
	struct http_request request = {.url = url,
				       .trust = &trust.http,
				       .headers = headers,
				       .limit = KICKSTART_LIMIT,
				       .connect_s = CONNECT_S,
				       .total_s = TOTAL_S,
				       .hidden = true,
				       .stop = order->stop};
	struct http_answer answer = {0};
	int r;

	(void)snprintf(serial, sizeof(serial), "X-System-Serial-Number: %s",
		       id->serial);
	(void)snprintf(mac, sizeof(mac), "X-RHN-Provisioning-MAC-0: %s %s",
		       id->interface, id->mac);
	for (char *at = mac + strlen("X-RHN-Provisioning-MAC-0: "); *at; at++)
		if (*at == '-')
			*at = ':';
	if (*id->serial)
		headers[count++] = serial;
	if (*id->mac)
		headers[count++] = mac;
	r = trust_read(order->config, &trust, err);
	if (r == 0)
		r = http_fetch(&request, &answer, err);
	if (r == 0) {
		ret->length = answer.body.length;
		ret->bytes = malloc(ret->length + 1);
		if (ret->bytes)
			memcpy(ret->bytes, answer.body.at, ret->length);
		else
			r = error_memory(err);
	}
	locked_done(&answer.body);
	trust_done(&trust);
	/* No message shows the way to it, but its name, where it has one. */
	if (r < 0 && !strstr(ret->name, "://"))
		return error_wrap(err, "%s", ret->name);
	return r;
}

/* What a hexadecimal digit is worth, -1: it is none. */
static int worth(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, tolower((unsigned char)digit),
				sizeof(digits) - 1);

	return at ? (int)(at - digits) : -1;
}

static int read_digest(const char *text, uint8_t ret[SHA256_DIGEST_LENGTH])
{
	for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		int high = worth(text[2 * i]);
		int low = high < 0 ? -1 : worth(text[2 * i + 1]);

		if (low < 0)
			return -1;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return text[(size_t)2 * SHA256_DIGEST_LENGTH] ? -1 : 0;
}

bool document_is_digest(const char *text)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	return read_digest(text, digest) == 0;
}

bool document_has(const struct document *document, const char *sha256)
{
	uint8_t wanted[SHA256_DIGEST_LENGTH];
	uint8_t found[SHA256_DIGEST_LENGTH];

	return read_digest(sha256, wanted) == 0 &&
	       EVP_Digest(document->bytes, document->length, found, NULL,
			  EVP_sha256(), NULL) == 1 &&
	       !memcmp(wanted, found, sizeof(found));
}

int document_text(const struct document *document, char **ret,
		  struct error **err)
{
	char *text = strndup(document->bytes, document->length);

	if (!text)
		return error_memory(err);
	if (strlen(text) != document->length) {
		secret_forget(text, strlen(text));
		return error_set(err, ERROR_CONFIG, 0,
				 "%s has zero bytes in it: it must be plain "
				 "text",
				 document->name);
	}
	*ret = text;
	return 0;
}

int document_read(const struct document_order *order, const char *place,
		  struct document *ret, struct error **err)
{
	*ret = (struct document){0};
	name_it(place, ret->name);
	if (strstr(place, "://"))
		return fetch(order, place, ret, err);
	return secret_read_whole(place, &ret->bytes, &ret->length, err);
}

void document_done(struct document *document)
{
	secret_forget(document->bytes, document->length);
	*document = (struct document){0};
}

/* --- what it names ---------------------------------------------------------
 */

static bool is_url(const char *place)
{
	return strstr(place, "://") != NULL;
}

/* "file:", "fw_cfg:", "cred:": of this machine. */
static bool is_local(const char *place)
{
	size_t length = strcspn(place, ":/");

	return !is_url(place) && place[length] == ':';
}

/* Of a URL or a path: how much of it stands before the name's own beginning. */
static size_t base_length(const char *from, bool root)
{
	const char *at = strstr(from, "://");
	const char *last = strrchr(from, '/');
	size_t end = strcspn(from, "?#");
	size_t first;

	if (!at)
		return root || !last ? 0 : (size_t)(last + 1 - from);
	first = (size_t)(at + 3 - from) + strcspn(at + 3, "/?#");
	if (root)
		return first;
	while (end > first && from[end - 1] != '/')
		end--;
	return end;
}

int document_beside(const char *from, const char *place, char **ret,
		    struct error **err)
{
	bool whole = is_url(place) || (is_local(place) && !is_url(from));
	bool root = *place == '/';
	const char *gap = "";
	size_t length;

	if (is_local(place) && is_url(from))
		return error_set(err, ERROR_CONFIG, 0,
				 "what comes from a server names no place of "
				 "this machine");
	if (!whole && !root && is_local(from))
		return error_set(err, ERROR_CONFIG, 0,
				 "there is nothing beside '%s': give the whole "
				 "place",
				 from);
	length = whole ? 0 : base_length(from, root);
	if (length && *place != '/' && from[length - 1] != '/')
		gap = "/";
	if (asprintf(ret, "%.*s%s%s", (int)length, from, gap, place) < 0) {
		*ret = NULL;
		return error_memory(err);
	}
	return 0;
}
