/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rest of a job from where lander.config says.  It is read as a whole and
 * checked as a whole before one word of it counts; a server that has no file
 * for this machine yet is asked again.  The file may not name another file.
 */
#include "run/jobfile.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/kickstart.h"
#include "config/load.h"
#include "config/secret.h"
#include "run/machine_id.h"
#include "run/report.h"
#include "run/trust.h"

#define CONNECT_S	10U
#define TOTAL_S		60U
#define BACKOFF_FIRST_S 1.0
#define BACKOFF_LAST_S	30.0
#define NAME_ROOM	256

/* One document, as it came. */
struct document {
	void *bytes;
	size_t length;
	char name[NAME_ROOM]; /* for origins */
};

/* --- its place ----------------------------------------------------------- */

static const char *look_up(const char *name, size_t length,
			   const struct machine_id *id)
{
	if (length == 4 && !memcmp(name, "uuid", 4))
		return id->uuid;
	if (length == 6 && !memcmp(name, "serial", 6))
		return id->serial;
	if (length == 3 && !memcmp(name, "mac", 3))
		return id->mac;
	return NULL;
}

/* RFC 3986, 2.3: all but these is escaped. */
static void put_escaped(const char *text, FILE *out)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			(void)fputc(*text, out);
		else
			(void)fprintf(out, "%%%02X", (unsigned char)*text);
}

/* The name behind "${"; *at goes on behind its "}". */
static int put_value(const char **at, const struct machine_id *id, FILE *out,
		     struct error **err)
{
	const char *name = *at + 2;
	size_t length = strcspn(name, "}");
	const char *value = name[length] ? look_up(name, length, id) : NULL;

	if (!value)
		return error_set(err, ERROR_CONFIG, 0,
				 "'${%.*s' is none of ${uuid}, ${serial} and "
				 "${mac}",
				 (int)(length + 1), name);
	if (!*value)
		return error_set(err, ERROR_CONFIG, 0,
				 "this machine has nothing for ${%.*s}",
				 (int)length, name);
	put_escaped(value, out);
	*at = name + length + 1;
	return 0;
}

int jobfile_expand(const char *text, const struct machine_id *id, char **ret,
		   struct error **err)
{
	char *made = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&made, &length);
	int r = 0;

	if (!out)
		return error_memory(err);
	while (r == 0 && *text)
		if (text[0] == '$' && text[1] == '{')
			r = put_value(&text, id, out, err);
		else
			(void)fputc(*text++, out);
	if (fclose(out) != 0 && r == 0)
		r = error_memory(err);
	if (r < 0) {
		free(made);
		return r;
	}
	*ret = made;
	return 0;
}

/* What a URL ends with may be all that it takes to use it; what is called like
 * a file is none of that kind. */
static void name_it(const char *place, char name[NAME_ROOM])
{
	const char *last = strrchr(place, '/');
	size_t length = last ? strlen(last + 1) : 0;

	if (!strstr(place, "://"))
		(void)snprintf(name, NAME_ROOM, "%s", place);
	else if (length > 3 && !strcmp(last + 1 + length - 3, ".ks") &&
		 !strpbrk(last, "?#"))
		(void)snprintf(name, NAME_ROOM, "%s", last + 1);
	else
		parse_url_place(place, false, name, NAME_ROOM);
	parse_make_printable(name);
}

/* --- the file ------------------------------------------------------------ */

static int fetch(const struct config *config, const char *url,
		 const struct machine_id *id, const _Atomic bool *stop,
		 struct document *ret, struct error **err)
{
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
				       .stop = stop};
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
	r = trust_read(config, &trust, err);
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

static int check_digest(const struct config *config,
			const struct document *document, struct error **err)
{
	const char *text = config_text(config, CONFIG_CONFIG_SHA256);
	uint8_t wanted[SHA256_DIGEST_LENGTH];
	uint8_t found[SHA256_DIGEST_LENGTH];

	if (!text || read_digest(text, wanted) < 0)
		return 0;
	if (EVP_Digest(document->bytes, document->length, found, NULL,
		       EVP_sha256(), NULL) != 1)
		return error_memory(err);
	if (memcmp(wanted, found, sizeof(found)) != 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: its SHA-256 is not the one of "
				 "lander.config.sha256 (%s)",
				 document->name,
				 config_origin(config, CONFIG_CONFIG_SHA256));
	return 0;
}

/* Wrong words beside lander.config do not become right by waiting. */
static int check_words(const struct config *config, struct error **err)
{
	const char *text = config_text(config, CONFIG_CONFIG_SHA256);
	uint8_t wanted[SHA256_DIGEST_LENGTH];

	if (text && read_digest(text, wanted) < 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.config.sha256: '%s' is not 64 "
				 "hexadecimal digits",
				 config_origin(config, CONFIG_CONFIG_SHA256),
				 text);
	if (text && !config_text(config, CONFIG_CONFIG))
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: lander.config.sha256 means nothing "
				 "without lander.config",
				 config_origin(config, CONFIG_CONFIG_SHA256));
	return 0;
}

/* Into a job of its own first: nothing of a bad file may count. */
static int try_out(const char *text, const char *name, struct error **err)
{
	static const enum config_key mine[] = {CONFIG_CONFIG,
					       CONFIG_CONFIG_SHA256};
	struct config trial = {0};
	int r = load_named(&trial, text, name, err);

	for (size_t i = 0; r == 0 && i < sizeof(mine) / sizeof(*mine); i++)
		if (trial.value[mine[i]].text)
			r = error_set(err, ERROR_CONFIG, 0,
				      "%s: lander.%s can't stand in the file "
				      "that lander.config names",
				      config_origin(&trial, mine[i]),
				      config_parameter(mine[i])->name);
	config_done(&trial);
	return r;
}

static int use(struct config *config, const struct document *document,
	       struct error **err)
{
	char *text = strndup(document->bytes, document->length);
	int r = 0;

	if (!text)
		return error_memory(err);
	if (strlen(text) != document->length)
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s has zero bytes in it: it must be plain text",
			      document->name);
	if (r == 0)
		r = try_out(text, document->name, err);
	if (r == 0)
		r = load_named(config, text, document->name, err);
	free(text);
	return r;
}

static int take(struct config *config, const struct jobfile_order *order,
		struct error **err)
{
	struct document document = {0};
	struct machine_id id;
	char *place = NULL;
	int r;

	machine_id_read(&id);
	r = jobfile_expand(config_text(config, CONFIG_CONFIG), &id, &place,
			   err);
	if (r < 0)
		goto out;
	name_it(place, document.name);
	if (strstr(place, "://"))
		r = fetch(config, place, &id, order->stop, &document, err);
	else
		r = secret_read_whole(place, &document.bytes, &document.length,
				      err);
	if (r == 0)
		r = check_digest(config, &document, err);
	if (r == 0)
		r = use(config, &document, err);
out:
	secret_forget(document.bytes, document.length);
	free(place);
	return r < 0 ? error_wrap(err, "%s: lander.config",
				  config_origin(config, CONFIG_CONFIG))
		     : 0;
}

/* --- as often as it takes ------------------------------------------------ */

static bool is_worth_it(const struct config *config,
			const struct jobfile_order *order,
			const struct error *why, double since)
{
	double limit = (double)config_seconds(config, CONFIG_RECONNECT);

	if (atomic_load(order->stop) || why->kind == ERROR_ABORTED)
		return false;
	if (order->machine && config_is(config, CONFIG_ONFAIL, "wait"))
		return true;
	return why->kind == ERROR_NETWORK && io_seconds() - since < limit;
}

/* In steps, so that an order is heard. */
static void rest(double seconds, const _Atomic bool *stop)
{
	const struct timespec step = {.tv_nsec = 200000000};
	double end = io_seconds() + seconds;

	while (io_seconds() < end && !atomic_load(stop))
		(void)nanosleep(&step, NULL);
}

int jobfile_take(struct config *config, const struct jobfile_order *order,
		 struct error **err)
{
	double since = io_seconds();
	double pause = BACKOFF_FIRST_S;
	char *told = NULL;
	int r = check_words(config, err);

	if (r < 0 || !config_text(config, CONFIG_CONFIG))
		return r;
	for (;;) {
		struct error *why = NULL;

		r = take(config, order, &why);
		if (r == 0)
			break;
		if (!is_worth_it(config, order, why, since)) {
			*err = why;
			break;
		}
		if (!told || strcmp(told, why->msg) != 0)
			report_say(order->report,
				   "no job yet, asking again: %s", why->msg);
		free(told);
		told = strdup(why->msg);
		error_free(why);
		rest(pause, order->stop);
		pause = pause * 2 < BACKOFF_LAST_S ? pause * 2 : BACKOFF_LAST_S;
	}
	free(told);
	return r;
}
