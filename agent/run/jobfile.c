/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rest of a job from where lander.config says, with the files that this one
 * includes.  All are read and checked as a whole before one word of them
 * counts; a server that has no file for this machine yet is asked again.
 */
#include "run/jobfile.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "config/config.h"
#include "config/load.h"
#include "config/secret.h"
#include "run/document.h"
#include "run/machine_id.h"
#include "run/report.h"

#define BACKOFF_FIRST_S 1.0
#define BACKOFF_LAST_S	30.0
#define TEXTS		(CONFIG_INCLUDES_MAX + 1)
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The file and what it includes, until all of it is known to be right. */
struct job {
	struct document_order order;
	char *place; /* of the file, expanded */
	char *text[TEXTS];
	char name[TEXTS][DOCUMENT_NAME];
	size_t count;
	struct config trial;
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
	size_t shown = strspn(name, LETTERS);
	const char *value = name[length] ? look_up(name, length, id) : NULL;

	/* What follows a brace that is open may be a secret. */
	if (!value)
		return error_set(err, ERROR_CONFIG, 0,
				 "'${%.*s%s' is none of ${uuid}, ${serial} and "
				 "${mac}",
				 (int)shown, name,
				 name[shown] == '}' ? "}" : "...");
	if (!*value)
		return error_set(err, ERROR_CONFIG, 0,
				 "this machine has nothing for ${%.*s}",
				 (int)length, name);
	/* As a part of a path it would lead to another directory. */
	if (!strcmp(value, ".") || !strcmp(value, ".."))
		return error_set(err, ERROR_CONFIG, 0,
				 "this machine's ${%.*s} is '%s', which is no "
				 "name",
				 (int)length, name, value);
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

/* --- what it must be -------------------------------------------------------
 */

/* Wrong words beside lander.config do not become right by waiting. */
static int check_words(const struct config *config, struct error **err)
{
	const char *text = config_text(config, CONFIG_CONFIG_SHA256);

	if (config->includes.count)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: %%include stands only in the file that "
				 "lander.config names",
				 config->includes.include[0].origin);
	if (text && !document_is_digest(text))
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

static int check_digest(const struct config *config,
			const struct document *document, struct error **err)
{
	const char *text = config_text(config, CONFIG_CONFIG_SHA256);

	if (!text || document_has(document, text))
		return 0;
	return error_set(err, ERROR_CONFIG, 0,
			 "%s: its SHA-256 is not the one of "
			 "lander.config.sha256 (%s)",
			 document->name,
			 config_origin(config, CONFIG_CONFIG_SHA256));
}

/* Who is sure of the first file has to be sure of all of them. */
static int check_include(const struct job *job,
			 const struct config_include *include,
			 const char *place, struct error **err)
{
	bool pinned = config_text(job->order.config, CONFIG_CONFIG_SHA256);

	if (include->sha256)
		return 0;
	if (pinned)
		return error_set(err, ERROR_CONFIG, 0,
				 "it needs --sha256=, as lander.config.sha256 "
				 "is given");
	if (!strncasecmp(job->place, "https://", 8) && strstr(place, "://") &&
	    strncasecmp(place, "https://", 8) != 0)
		return error_set(err, ERROR_CONFIG, 0,
				 "it needs --sha256=, as https leads to "
				 "another transport");
	return 0;
}

/* --- all of it -------------------------------------------------------------
 */

static int add_text(struct job *job, const struct document *document,
		    int (*load)(struct config *config, const char *text,
				const char *name, struct error **err),
		    struct error **err)
{
	char *text = NULL;
	int r = document_text(document, &text, err);

	if (r < 0)
		return r;
	job->text[job->count++] = text;
	(void)snprintf(job->name[job->count - 1], DOCUMENT_NAME, "%s",
		       document->name);
	return load(&job->trial, text, document->name, err);
}

static int read_included(struct job *job, const struct config_include *include,
			 struct error **err)
{
	struct document document = {0};
	char *expanded = NULL;
	char *place = NULL;
	int r = jobfile_expand(include->place, job->order.id, &expanded, err);

	if (r == 0)
		r = document_beside(job->place, expanded, &place, err);
	if (r == 0)
		r = check_include(job, include, place, err);
	if (r == 0)
		r = document_read(&job->order, place, &document, err);
	if (r == 0 && include->sha256 &&
	    !document_has(&document, include->sha256))
		r = error_set(err, ERROR_CONFIG, 0,
			      "%s: its SHA-256 is another", document.name);
	if (r < 0)
		(void)error_wrap(err, "%s: %%include", include->origin);
	else
		r = add_text(job, &document, load_included, err);
	document_done(&document);
	free(expanded);
	free(place);
	return r;
}

static int refuse_more(const struct job *job, size_t first, struct error **err)
{
	static const enum config_key mine[] = {CONFIG_CONFIG,
					       CONFIG_CONFIG_SHA256};

	for (size_t i = 0; i < sizeof(mine) / sizeof(*mine); i++)
		if (job->trial.value[mine[i]].text)
			return error_set(
				err, ERROR_CONFIG, 0,
				"%s: lander.%s can't stand in the file "
				"that lander.config names",
				config_origin(&job->trial, mine[i]),
				config_parameter(mine[i])->name);
	if (job->trial.includes.count > first)
		return error_set(
			err, ERROR_CONFIG, 0,
			"%s: a file that is included includes no other",
			job->trial.includes.include[first].origin);
	return 0;
}

/* What other places gave stays: all of it has to have room together. */
static int check_room(const struct job *job, struct error **err)
{
	const struct config *given = job->order.config;

	if (given->scripts.count + job->trial.scripts.count >
	    CONFIG_SCRIPTS_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: with those of other places these are "
				 "more than %d scripts",
				 job->name[0], CONFIG_SCRIPTS_MAX);
	if (given->parts.count + job->trial.parts.count > CONFIG_PARTS_MAX)
		return error_set(err, ERROR_CONFIG, 0,
				 "%s: with those of other places these are "
				 "more than %u lines of part",
				 job->name[0], CONFIG_PARTS_MAX);
	return 0;
}

/* Into a job of its own first: nothing of a bad file may count. */
static int try_out(struct job *job, struct error **err)
{
	struct document document = {0};
	size_t first;
	int r = document_read(&job->order, job->place, &document, err);

	if (r == 0)
		r = check_digest(job->order.config, &document, err);
	if (r == 0)
		r = add_text(job, &document, load_named, err);
	document_done(&document);
	first = job->trial.includes.count;
	for (size_t i = 0; r == 0 && i < first; i++)
		r = read_included(job, &job->trial.includes.include[i], err);
	if (r == 0)
		r = refuse_more(job, first, err);
	return r < 0 ? r : check_room(job, err);
}

static int use(struct config *config, const struct job *job, struct error **err)
{
	int r = load_named(config, job->text[0], job->name[0], err);

	for (size_t i = 1; r == 0 && i < job->count; i++)
		r = load_included(config, job->text[i], job->name[i], err);
	return r;
}

static int take(struct config *config, const struct jobfile_order *order,
		struct error **err)
{
	struct machine_id id;
	struct job job = {.order = {config, &id, order->stop}};
	int r;

	machine_id_read(&id);
	r = jobfile_expand(config_text(config, CONFIG_CONFIG), &id, &job.place,
			   err);
	if (r == 0)
		r = try_out(&job, err);
	if (r == 0)
		r = use(config, &job, err);
	for (size_t i = 0; i < job.count; i++)
		secret_forget(job.text[i], strlen(job.text[i]));
	config_done(&job.trial);
	free(job.place);
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
