/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server that wants to know how the job goes: JSON by POST, over https only,
 * signed with a key that both know.  Its URL may be a secret: no message shows
 * more than the host.
 */
#include "run/webhook.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/secret.h"
#include "net/http.h"
#include "run/jobfile.h"
#include "run/trust.h"

#define QUEUE_LIMIT  256U
#define ANSWER_LIMIT ((size_t)64 << 10)
#define CONNECT_S    5U
#define TOTAL_S	     10U

struct webhook {
	struct outbox *outbox;
	struct trust trust;
	char *url;
	void *key; /* or NULL */
	size_t key_length;
};

bool webhook_sign(const void *key, size_t length, const char *text,
		  char header[WEBHOOK_SIGNATURE_ROOM])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;
	int used = snprintf(header, WEBHOOK_SIGNATURE_ROOM,
			    "X-Lander-Signature: sha256=");

	if (!HMAC(EVP_sha256(), key, (int)length, (const void *)text,
		  strlen(text), digest, &size))
		return false;
	for (unsigned int i = 0; i < size; i++)
		used += snprintf(header + used,
				 WEBHOOK_SIGNATURE_ROOM - (size_t)used, "%02x",
				 digest[i]);
	return true;
}

/* What a server says of one text, and what of all of them. */
static enum outbox_fate judge(const struct http_answer *answer,
			      const struct error *error)
{
	if (error->code == EKEYREJECTED)
		return OUTBOX_FOREIGN;
	switch (answer->status) {
	case 401:
	case 403:
	case 404:
		return OUTBOX_FOREIGN;
	case 408:
	case 425:
	case 429:
		return OUTBOX_LATER;
	default:
		break;
	}
	/* A redirect is a URL to correct: none is followed. */
	if (answer->status >= 300 && answer->status < 400)
		return OUTBOX_FOREIGN;
	return answer->status >= 400 && answer->status < 500 ? OUTBOX_REFUSED
							     : OUTBOX_LATER;
}

static enum outbox_fate deliver(void *owner, const char *text,
				const _Atomic bool *stop, struct error **err)
{
	struct webhook *webhook = owner;
	char signature[WEBHOOK_SIGNATURE_ROOM];
	const char *headers[] = {signature, NULL};
	const struct http_request request = {.url = webhook->url,
					     .trust = &webhook->trust.http,
					     .body = text,
					     .body_length = strlen(text),
					     .body_type = "application/json",
					     .headers = webhook->key ? headers
								     : NULL,
					     .limit = ANSWER_LIMIT,
					     .connect_s = CONNECT_S,
					     .total_s = TOTAL_S,
					     .secret = true,
					     .stop = stop};
	struct http_answer answer = {0};
	enum outbox_fate fate = OUTBOX_TAKEN;

	if (webhook->key &&
	    !webhook_sign(webhook->key, webhook->key_length, text, signature)) {
		(void)error_set(err, ERROR_INTERNAL, 0, "no HMAC-SHA256 here");
		return OUTBOX_FOREIGN;
	}
	/* What it answers beside "taken" is of no interest, nor how long. */
	if (http_fetch(&request, &answer, err) < 0 &&
	    (answer.status < 200 || answer.status > 299))
		fate = judge(&answer, *err);
	locked_done(&answer.body);
	return fate;
}

static int read_job(const struct config *config, const struct machine_id *id,
		    struct webhook *webhook, struct error **err)
{
	const char *url = config_text(config, CONFIG_REPORT);
	const char *key = config_text(config, CONFIG_REPORT_KEY);

	if (jobfile_expand(url, id, &webhook->url, err) < 0)
		return error_wrap(err, "%s: lander.report",
				  config_origin(config, CONFIG_REPORT));
	if (key && secret_read_place(key, &webhook->key, &webhook->key_length,
				     err) < 0)
		return error_wrap(err, "%s: lander.report.key",
				  config_origin(config, CONFIG_REPORT_KEY));
	if (key && !webhook->key_length)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.report.key: it is empty",
				 config_origin(config, CONFIG_REPORT_KEY));
	return trust_read(config, &webhook->trust, err);
}

static void forget(struct webhook *webhook)
{
	trust_done(&webhook->trust);
	secret_forget(webhook->key, webhook->key_length);
	if (webhook->url)
		explicit_bzero(webhook->url, strlen(webhook->url));
	free(webhook->url);
	free(webhook);
}

int webhook_open(const struct config *config, const struct machine_id *id,
		 struct webhook **ret, struct error **err)
{
	struct outbox_options options = {
		.name = "webhook", .limit = QUEUE_LIMIT, .deliver = deliver};
	struct webhook *webhook;
	int r;

	*ret = NULL;
	if (!config_text(config, CONFIG_REPORT))
		return 0;
	webhook = calloc(1, sizeof(*webhook));
	if (!webhook)
		return error_memory(err);
	options.owner = webhook;
	r = read_job(config, id, webhook, err);
	if (r == 0)
		r = outbox_open(&options, &webhook->outbox, err);
	if (r < 0)
		forget(webhook);
	else
		*ret = webhook;
	return r;
}

struct outbox *webhook_outbox(const struct webhook *webhook)
{
	return webhook->outbox;
}

void webhook_close(struct webhook *webhook)
{
	if (webhook && outbox_close(webhook->outbox))
		forget(webhook);
}
