/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a source is shown to let us in.  It is asked for once while this process
 * lives, it is in locked memory and in no message, and neither is the path of
 * the URL that it came from.  It trusts no server that can't prove who it is.
 */
#include "run/credential.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
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
#include "net/ssh.h"
#include "run/code.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/report_ask.h"
#include "run/trust.h"
#include "source/login.h"
#include "source/source.h"

#define KEY_LIMIT	((size_t)65535)
#define CONNECT_S	10U
#define TOTAL_S		30U
#define BACKOFF_FIRST_S 1.0
#define BACKOFF_LAST_S	8.0
#define DIAL_S		30.0
#define TYPE_S		300U
#define TRIES		3

struct kept {
	const char *word; /* of the job */
	char *from;	  /* its value, or lander.source for a password */
	char shown[256];
	struct locked secret;
};

static struct kept kept_source = {.word = "lander.identity"};
static struct kept kept_jump = {.word = "lander.jump.identity"};

static void forget(struct kept *kept)
{
	free(kept->from);
	kept->from = NULL;
	locked_done(&kept->secret);
}

void credential_forget(void)
{
	forget(&kept_source);
	forget(&kept_jump);
	code_forget();
}

static bool is_kept(const struct kept *kept, const char *from)
{
	return kept->secret.at && !strcmp(kept->from, from);
}

/* Takes it over from secret. */
static int keep(struct kept *kept, const char *from, struct locked *secret,
		struct error **err)
{
	forget(kept);
	kept->from = strdup(from);
	if (!kept->from)
		return error_memory(err);
	kept->secret = *secret;
	*secret = (struct locked){0};
	return 0;
}

static double next_pause(double pause)
{
	return pause * 2 < BACKOFF_LAST_S ? pause * 2 : BACKOFF_LAST_S;
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
		pause = next_pause(pause);
	}
}

static int check_key(const struct kept *kept, const struct locked *key,
		     struct error **err)
{
	static const char head[] = "-----BEGIN ";

	if (key->length > sizeof(head) &&
	    !memcmp(key->at, head, sizeof(head) - 1))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: what it gives is no private key", kept->shown);
}

static int fetch_key(struct migrate *m, const struct source_spec *spec,
		     struct kept *kept, struct error **err)
{
	struct trust trust = {0};
	struct http_request request = {.url = spec->identity,
				       .trust = &trust.http,
				       .limit = KEY_LIMIT,
				       .connect_s = CONNECT_S,
				       .total_s = TOTAL_S,
				       .secret = true,
				       .stop = m->stop};
	struct http_answer answer = {0};
	int r = trust_read(m->config, &trust, err);

	if (r == 0)
		r = fetch(&request, spec->connect_s, &answer, err);
	if (r == 0)
		r = check_key(kept, &answer.body, err);
	if (r == 0)
		r = keep(kept, spec->identity, &answer.body, err);
	locked_done(&answer.body);
	trust_done(&trust);
	if (r < 0 && answer.asked)
		return error_wrap(err,
				  "%s (if it is a URL for one use, that "
				  "was it)",
				  kept->word);
	return r < 0 ? error_wrap(err, "%s", kept->word) : 0;
}

/* --- from this machine --------------------------------------------------- */

static int read_key(const struct source_spec *spec, struct kept *kept,
		    struct error **err)
{
	struct locked secret = {0};
	void *bytes = NULL;
	size_t length = 0;
	int r = secret_read_place(spec->identity, &bytes, &length, err);

	if (r == 0)
		r = locked_copy(bytes, length, &secret, err);
	if (r == 0)
		r = keep(kept, spec->identity, &secret, err);
	locked_done(&secret);
	secret_forget(bytes, length);
	return r < 0 ? error_wrap(err, "%s", kept->word) : 0;
}

/* --- from a person ------------------------------------------------------- */

/* Nobody is told it who is not known, and where this machine is to start again
 * or to switch itself off, nobody sits before it. */
static bool is_asked_for(const struct migrate *m,
			 const struct source_spec *spec)
{
	return !strncmp(spec->uri, "ssh://", 6) && spec->hostkey &&
	       (!spec->jump || spec->jump->identity) &&
	       (!m->machine || config_is(m->config, CONFIG_ONFAIL, "wait") ||
		config_is(m->config, CONFIG_ONFAIL, "shell")) &&
	       report_ask_possible(m->report);
}

static int type(struct migrate *m, struct login *login, struct error **err)
{
	char question[512];
	int r;

	(void)snprintf(question, sizeof(question),
		       "lander.identity is not given: type the password of %s "
		       "(it is not shown; %u s)",
		       login->name, TYPE_S);
	r = report_ask(m->report, question, TYPE_S, m->stop, &login->password,
		       err);
	return r < 0 ? error_wrap(err,
				  "lander.identity is not given, and for the "
				  "password of %s",
				  login->name)
		     : 0;
}

/* Logs in with it once, as soon as the server is there. */
static int try(struct migrate *m, struct login *login, unsigned int limit_s,
	       struct error **err)
{
	double end = io_seconds() + limit_s;
	double pause = BACKOFF_FIRST_S;

	for (;;) {
		struct error *why = NULL;
		struct ssh *ssh = NULL;
		int r = ssh_open(&login->peer, io_seconds() + DIAL_S, m->stop,
				 &ssh, &why);

		ssh_close(ssh);
		if (r == 0)
			return 0;
		if (why->kind != ERROR_NETWORK || why->code == EACCES ||
		    why->code == EKEYREJECTED || io_seconds() + pause > end) {
			*err = why;
			return r;
		}
		log_info("credential", "%s; trying again", why->msg);
		error_free(why);
		sleep_s(pause);
		pause = next_pause(pause);
	}
}

/* A slip of the finger must not end the job. */
static int ask(struct migrate *m, const struct source_spec *spec,
	       struct login *login, struct error **err)
{
	for (unsigned int again = 1;; again++) {
		struct error *why = NULL;
		int r = type(m, login, err);

		if (r < 0)
			return r;
		r = try(m, login, spec->connect_s, &why);
		if (r == 0)
			return 0;
		locked_done(&login->password);
		if (why->code != EACCES || again == TRIES) {
			*err = why;
			return r;
		}
		report_say(m->report, "%s", why->msg);
		error_free(why);
	}
}

static int take_password(struct migrate *m, struct source_spec *spec,
			 struct error **err)
{
	struct login login = {0};
	int r = 0;

	if (!is_kept(&kept_source, spec->uri)) {
		r = login_parse(spec, &login, err);
		if (r == 0)
			r = ask(m, spec, &login, err);
		if (r == 0)
			r = keep(&kept_source, spec->uri, &login.password, err);
		login_done(&login);
	}
	spec->password = kept_source.secret.at;
	return r;
}

/* A path is left to the source. */
static int take_key(struct migrate *m, struct source_spec *spec,
		    struct kept *kept, struct error **err)
{
	const char *identity = spec->identity;
	bool url = strstr(identity, "://");
	int r = 0;

	if (url)
		parse_url_place(identity, false, kept->shown,
				sizeof(kept->shown));
	/* A file may have been mended meanwhile: it is read again. */
	if (url && !is_kept(kept, identity))
		r = fetch_key(m, spec, kept, err);
	else if (!strncmp(identity, "file:", 5) ||
		 !strncmp(identity, "fw_cfg:", 7) ||
		 !strncmp(identity, "cred:", 5))
		r = read_key(spec, kept, err);
	else if (!url)
		return 0;
	if (r < 0)
		return r;
	if (url)
		spec->identity = kept->shown;
	spec->key = kept->secret.at;
	spec->key_length = kept->secret.length;
	return 0;
}

int credential_give(const char *source, struct locked *password,
		    struct error **err)
{
	return keep(&kept_source, source, password, err);
}

int credential_take_jump(struct migrate *m, struct source_spec *spec,
			 struct error **err)
{
	if (!spec->jump || !spec->jump->identity)
		return 0;
	spec->jump->connect_s = spec->connect_s;
	return take_key(m, spec->jump, &kept_jump, err);
}

int credential_take(struct migrate *m, struct source_spec *spec,
		    struct error **err)
{
	const char *identity = spec->identity;
	int r;

	/* No other source is shown a key; one for one use is not spent on it.
	 */
	if (strncmp(spec->uri, "ssh://", 6) != 0)
		return 0;
	/* First: a password is tried through it. */
	r = credential_take_jump(m, spec, err);
	if (r < 0)
		return r;
	if (!identity)
		return is_asked_for(m, spec) ? take_password(m, spec, err) : 0;
	if (!strcmp(identity, "code"))
		return code_ask(m, spec, err);
	return take_key(m, spec, &kept_source, err);
}
