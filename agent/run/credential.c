/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source is shown to let us in.  It is asked for once while this process
 * lives, it is in locked memory and in no message, and neither is the path of
 * the URL that it came from.  It trusts no server that can't prove who it is.
 */
#include "run/credential.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/secret.h"
#include "net/http.h"
#include "net/locked.h"
#include "run/migrate.h"
#include "source/source.h"

#define KEY_LIMIT	((size_t)65535)
#define CONNECT_S	10U
#define TOTAL_S		30U
#define BACKOFF_FIRST_S 1.0
#define BACKOFF_LAST_S	8.0
#define PIN_LETTERS	44U /* of 32 bytes in base64 */

static struct {
	char *identity; /* what lander.identity was when it was got */
	char shown[256];
	struct locked secret;
} kept;

void credential_forget(void)
{
	free(kept.identity);
	kept.identity = NULL;
	locked_done(&kept.secret);
}

/* --- who the server must be ---------------------------------------------- */

static int check_pin(const char *pin, struct error **err)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";
	char **one = NULL;
	int r = parse_split(pin, ';', &one, err);

	for (size_t i = 0; r == 0 && one[i]; i++)
		if (strncmp(one[i], "sha256//", 8) ||
		    strlen(one[i]) != 8 + PIN_LETTERS ||
		    strspn(one[i] + 8, letters) != PIN_LETTERS - 1 ||
		    one[i][7 + PIN_LETTERS] != '=')
			r = error_set(err, ERROR_CONFIG, 0,
				      "'%s' is not sha256// and the %u letters "
				      "of a SHA-256 in base64",
				      one[i], PIN_LETTERS);
	parse_free_list(one);
	return r;
}

/* *ret_pem: for secret_forget(). */
static int read_trust(const struct config *config, struct http_trust *ret,
		      void **ret_pem, struct error **err)
{
	const char *text = config_text(config, CONFIG_CACERT);
	int r = 0;

	*ret = (struct http_trust){0};
	if (!text)
		return 0;
	if (!strncmp(text, "sha256//", 8)) {
		ret->pin = text;
		r = check_pin(text, err);
	} else if (*text == '/') {
		r = secret_read_file(text, ret_pem, &ret->pem_length, err);
	} else if (!strncmp(text, "file:", 5) || !strncmp(text, "fw_cfg:", 7)) {
		r = secret_read(text, ret_pem, &ret->pem_length, err);
	} else {
		r = error_set(err, ERROR_CONFIG, 0,
			      "'%s' is none of file:NAME, fw_cfg:NAME, "
			      "sha256//… and the path of a file",
			      text);
	}
	ret->pem = *ret_pem;
	return r < 0 ? error_wrap(err, "%s: lander.cacert",
				  config_origin(config, CONFIG_CACERT))
		     : 0;
}

/* --- over https ---------------------------------------------------------- */

/* Whether another try may help, and may not spend the URL for nothing. */
static bool may_pass(const struct error *why, const struct http_answer *answer)
{
	if (why->kind != ERROR_NETWORK || why->code == EKEYREJECTED)
		return false;
	return !answer->asked || answer->status;
}

static void sleep_s(double seconds)
{
	const struct timespec time = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9),
	};

	(void)nanosleep(&time, NULL);
}

/* Till the network is there and the server, limit_s at most. */
static int fetch(const struct http_request *request, double limit_s,
		 struct http_answer *ret, struct error **err)
{
	double end = io_seconds() + limit_s;
	double pause = BACKOFF_FIRST_S;

	for (;;) {
		struct error *why = NULL;
		int r = http_fetch(request, ret, &why);

		if (r == 0)
			return 0;
		if (!may_pass(why, ret) || io_seconds() + pause > end ||
		    atomic_load(request->stop)) {
			*err = why;
			return r;
		}
		log_info("credential", "%s; trying again", why->msg);
		error_free(why);
		sleep_s(pause);
		pause = pause * 2 < BACKOFF_LAST_S ? pause * 2 : BACKOFF_LAST_S;
	}
}

static int check_key(const struct locked *key, struct error **err)
{
	static const char head[] = "-----BEGIN ";

	if (key->length > sizeof(head) &&
	    !memcmp(key->at, head, sizeof(head) - 1))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: what it gives is no private key", kept.shown);
}

static int fetch_key(struct migrate *m, const struct source_spec *spec,
		     struct error **err)
{
	struct http_trust trust;
	struct http_request request = {.url = spec->identity,
				       .trust = &trust,
				       .limit = KEY_LIMIT,
				       .connect_s = CONNECT_S,
				       .total_s = TOTAL_S,
				       .secret = true,
				       .stop = m->stop};
	struct http_answer answer = {0};
	void *pem = NULL;
	int r = read_trust(m->config, &trust, &pem, err);

	if (r == 0)
		r = fetch(&request, spec->connect_s, &answer, err);
	if (r == 0)
		r = check_key(&answer.body, err);
	if (r == 0)
		kept.secret = answer.body;
	else
		locked_done(&answer.body);
	secret_forget(pem, trust.pem_length);
	if (r < 0 && answer.asked)
		return error_wrap(err, "lander.identity (if it is a URL for "
				       "one use, that was it)");
	return r < 0 ? error_wrap(err, "lander.identity") : 0;
}

/* --- from this machine --------------------------------------------------- */

static int read_key(const struct source_spec *spec, struct error **err)
{
	void *bytes = NULL;
	size_t length = 0;
	int r = secret_read(spec->identity, &bytes, &length, err);

	if (r == 0)
		r = locked_copy(bytes, length, &kept.secret, err);
	secret_forget(bytes, length);
	return r < 0 ? error_wrap(err, "lander.identity") : 0;
}

int credential_take(struct migrate *m, struct source_spec *spec,
		    struct error **err)
{
	const char *identity = spec->identity;
	bool url = identity && strstr(identity, "://");
	int r;

	if (!identity || (!url && strncmp(identity, "file:", 5) != 0 &&
			  strncmp(identity, "fw_cfg:", 7) != 0))
		return 0;
	/* A file may have been mended meanwhile. */
	if (!url || !kept.secret.at || strcmp(kept.identity, identity) != 0) {
		credential_forget();
		parse_url_place(identity, false, kept.shown,
				sizeof(kept.shown));
		kept.identity = strdup(identity);
		if (!kept.identity)
			return error_memory(err);
		r = url ? fetch_key(m, spec, err) : read_key(spec, err);
		if (r < 0)
			return r;
	}
	if (url)
		spec->identity = kept.shown;
	spec->key = kept.secret.at;
	spec->key_length = kept.secret.length;
	return 0;
}
