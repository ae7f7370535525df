/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `lander check`: SSH sources looked at before a migration, several at once.
 * One that fails, stands still or lies stops none of the others.  It writes
 * nothing, here or there.
 */
#include "run/assess.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "config/secret.h"
#include "plan/verdict.h"
#include "run/assess_csv.h"
#include "run/assess_json.h"
#include "run/assess_list.h"
#include "run/assess_table.h"
#include "run/assess_words.h"
#include "source/source.h"
#include "source/survey.h"

struct result {
	struct survey survey;
	struct verdict verdict;
	bool done;
};

struct assess {
	const struct assess_words *words;
	const struct assess_list *list;
	struct result *result;
	const _Atomic bool *stop;
	pthread_mutex_t lock; /* guards next and finished */
	pthread_mutex_t turn; /* of survey_order */
	size_t next;
	size_t finished;
	bool progress; /* somebody watches */
};

/* A key on the LANDER volume or in fw_cfg; other places the source knows. */
static int fetch_key(struct source_spec *spec, const char *word, void **ret_key,
		     struct error **err)
{
	int r;

	if (spec->identity && strstr(spec->identity, "://"))
		return error_set(err, ERROR_CONFIG, 0,
				 "lander.identity: a check fetches no key from "
				 "a URL, which may be for one use: give "
				 "--key FILE");
	if (!spec->identity || (strncmp(spec->identity, "file:", 5) &&
				strncmp(spec->identity, "fw_cfg:", 7)))
		return 0;
	r = secret_read(spec->identity, ret_key, &spec->key_length, err);
	if (r < 0)
		return error_wrap(err, "%s", word);
	spec->key = *ret_key;
	return 0;
}

static void survey_source(struct assess *assess,
			  const struct assess_source *source,
			  struct survey *survey)
{
	struct source_spec jump = {.uri = source->jump,
				   .hostkey = source->jump_hostkey,
				   .identity = source->jump_identity};
	struct source_spec spec = {.uri = source->uri,
				   .hostkey = source->hostkey,
				   .identity = source->identity,
				   .jump = source->jump ? &jump : NULL};
	struct survey_order order = {.spec = &spec,
				     .disk = source->disks,
				     .login_s = assess->words->timeout,
				     .turn = &assess->turn,
				     .stop = assess->stop};
	void *key = NULL;
	void *jump_key = NULL;

	if (source->problem)
		(void)error_set(&survey->error, ERROR_CONFIG, 0, "%s",
				source->problem);
	else if (fetch_key(&spec, "lander.identity", &key, &survey->error) ==
			 0 &&
		 fetch_key(&jump, "lander.jump.identity", &jump_key,
			   &survey->error) == 0)
		survey_run(&order, survey);
	secret_forget(key, spec.key_length);
	secret_forget(jump_key, jump.key_length);
}

static void assess_one(struct assess *assess, size_t index)
{
	const struct assess_source *source = &assess->list->source[index];
	struct verdict_wishes wishes = {assess->words->downtime};
	struct result *result = &assess->result[index];

	if (atomic_load(assess->stop))
		(void)error_set(&result->survey.error, ERROR_ABORTED, 0,
				"stopped by order");
	else
		survey_source(assess, source, &result->survey);
	result->done = verdict_judge(&result->survey, &wishes, &result->verdict,
				     NULL) == 0;
}

static bool take_next(struct assess *assess, size_t *ret_index)
{
	bool more;

	(void)pthread_mutex_lock(&assess->lock);
	more = assess->next < assess->list->count;
	*ret_index = assess->next++;
	(void)pthread_mutex_unlock(&assess->lock);
	return more;
}

static void tell_progress(struct assess *assess)
{
	(void)pthread_mutex_lock(&assess->lock);
	assess->finished++;
	if (assess->progress)
		(void)fprintf(stderr, "\r%zu of %zu looked at ",
			      assess->finished, assess->list->count);
	(void)pthread_mutex_unlock(&assess->lock);
}

static void *work(void *owner)
{
	struct assess *assess = owner;
	size_t index;

	while (take_next(assess, &index)) {
		assess_one(assess, index);
		tell_progress(assess);
	}
	return NULL;
}

/* As many threads as there are; one is this one. */
static void assess_all(struct assess *assess)
{
	pthread_t thread[ASSESS_PARALLEL_MAX];
	unsigned int count = 0;

	while (count + 1 < assess->words->parallel &&
	       count + 1 < assess->list->count &&
	       pthread_create(&thread[count], NULL, work, assess) == 0)
		count++;
	(void)work(assess);
	while (count--)
		(void)pthread_join(thread[count], NULL);
	if (assess->progress)
		(void)fputs("\r\033[K", stderr);
}

/* Two names of one machine would migrate it twice. */
static void find_twins(struct assess *assess)
{
	for (size_t i = 0; i < assess->list->count; i++)
		for (size_t n = 0; n < assess->list->count; n++) {
			const struct survey *a = &assess->result[i].survey;
			const struct survey *b = &assess->result[n].survey;

			if (i == n || !*a->facts.boot_id ||
			    strcmp(a->facts.boot_id, b->facts.boot_id))
				continue;
			(void)verdict_add(&assess->result[i].verdict,
					  REASON_SAME_MACHINE, NULL, "%s: %s",
					  assess->list->source[n].origin,
					  b->name ? b->name : "?");
		}
}

static int print_all(struct assess *assess)
{
	const struct assess_words *words = assess->words;
	json_t *sources = json_array();

	for (size_t i = 0; i < assess->list->count; i++)
		if (json_array_append_new(
			    sources, assess_json(&assess->list->source[i],
						 &assess->result[i].survey,
						 &assess->result[i].verdict)) <
		    0) {
			json_decref(sources);
			return ERROR_INTERNAL;
		}
	if (words->json) {
		(void)json_dumpf(sources, stdout,
				 JSON_INDENT(1) | JSON_PRESERVE_ORDER |
					 JSON_REAL_PRECISION(12));
		(void)fputc('\n', stdout);
	} else if (words->csv) {
		assess_csv_print(sources, stdout);
	} else {
		assess_table_print(sources,
				   words->details || assess->list->count == 1,
				   stdout);
	}
	json_decref(sources);
	return fflush(stdout) == 0 ? 0 : ERROR_INTERNAL;
}

static int status_of(const struct assess *assess)
{
	bool reached = false;
	bool refused = false;
	bool failed = false;

	for (size_t i = 0; i < assess->list->count; i++) {
		const struct verdict *verdict = &assess->result[i].verdict;

		failed = failed || !assess->result[i].done;
		reached = reached || verdict_is_reached(verdict);
		refused = refused || verdict->weight == REASON_REFUSE;
	}
	if (failed)
		return ERROR_INTERNAL;
	if (atomic_load(assess->stop))
		return ERROR_ABORTED;
	if (!reached)
		return ERROR_NETWORK;
	return refused ? ERROR_REFUSED : 0;
}

static int assess_list(const struct assess_words *words,
		       const struct assess_list *list, const _Atomic bool *stop)
{
	struct assess assess = {.words = words,
				.list = list,
				.stop = stop,
				.progress = isatty(STDERR_FILENO) &&
					    list->count > 1,
				.lock = PTHREAD_MUTEX_INITIALIZER,
				.turn = PTHREAD_MUTEX_INITIALIZER};
	int status;
	int printed;

	assess.result = calloc(list->count + 1, sizeof(*assess.result));
	if (!assess.result)
		return ERROR_INTERNAL;
	assess_all(&assess);
	find_twins(&assess);
	printed = print_all(&assess);
	status = status_of(&assess);
	for (size_t i = 0; i < list->count; i++) {
		verdict_done(&assess.result[i].verdict);
		survey_done(&assess.result[i].survey);
	}
	free(assess.result);
	return printed ? printed : status;
}

int assess_run(char *const *words, const _Atomic bool *stop)
{
	struct assess_words found = {0};
	struct assess_list list = {0};
	struct error *error = NULL;
	int status = 0;

	if (assess_words_read(words, &found, &list, &error) < 0) {
		(void)fprintf(stderr, "lander: %s\n", error->msg);
		status = (int)error->kind;
		error_free(error);
	} else if (found.help) {
		status = assess_words_help(found.reasons);
	} else {
		if (list.ignored)
			(void)fprintf(stderr,
				      "lander: check: columns that mean "
				      "nothing here: %s\n",
				      list.ignored);
		status = assess_list(&found, &list, stop);
	}
	assess_list_done(&list);
	return status;
}
