/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The status file: always whole, always current.  It holds what a program
 * wants to know; people have the console.
 */
#include "run/status.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/io.h"
#include "base/parse.h"
#include "base/version.h"
#include "copy/pass.h"

int status_percent(unsigned long long done, unsigned long long total)
{
	return total ? (int)((double)done * 100.0 / (double)total) : 100;
}

static void add_number(json_t *json, const char *name, uint64_t value)
{
	(void)json_object_set_new(json, name, json_integer((json_int_t)value));
}

static void add_text(json_t *json, const char *name, const char *text)
{
	char *copy = strdup(text ? text : "");

	if (copy)
		parse_make_printable(copy);
	(void)json_object_set_new(json, name, json_string(copy ? copy : ""));
	free(copy);
}

static void add_progress(json_t *json, const struct status *status)
{
	const struct pass_progress *p = status->progress;
	uint64_t total = atomic_load(&p->total);
	uint64_t done = atomic_load(&p->done);

	add_text(json, "pass", status->pass);
	add_number(json, "bytes_total", total);
	add_number(json, "bytes_done", done);
	add_number(json, "bytes_received", atomic_load(&p->received));
	add_number(json, "bytes_written", atomic_load(&p->written));
	add_number(json, "bytes_resent", atomic_load(&p->resent));
	add_number(json, "reconnects", atomic_load(&p->reconnects));
	add_number(json, "percent", (uint64_t)status_percent(done, total));
	add_number(json, "bytes_per_s", (uint64_t)status->rate);
	if (status->rate > 1 && total >= done)
		add_number(json, "eta_s",
			   (uint64_t)((double)(total - done) / status->rate));
}

static void add_seconds(json_t *json, const char *name, double seconds)
{
	if (isfinite(seconds))
		(void)json_object_set_new(json, name, json_real(seconds));
}

static void add_rounds(json_t *json, const struct status_rounds *rounds)
{
	add_number(json, "round", rounds->round);
	add_number(json, "bytes_differing", rounds->differing);
	add_seconds(json, "predicted_downtime_s", rounds->predicted_s);
	add_seconds(json, "allowed_downtime_s", rounds->budget_s);
	if (rounds->downtime_s > 0)
		add_seconds(json, "downtime_s", rounds->downtime_s);
}

void status_write(const struct status *status, const char *path)
{
	json_t *json;
	char *text;

	if (!path)
		return;
	json = json_object();
	add_text(json, "version", LANDER_VERSION);
	add_text(json, "job", status->job);
	add_text(json, "state", status->state);
	add_text(json, "stage", status->stage);
	add_number(json, "updated", (uint64_t)time(NULL));
	(void)json_object_set_new(json, "paused", json_boolean(status->paused));
	if (status->progress)
		add_progress(json, status);
	if (status->rounds.round)
		add_rounds(json, &status->rounds);
	if (status->failure) {
		add_text(json, "error", status->failure);
		add_text(json, "hint", status->hint);
		add_number(json, "exit_status", (uint64_t)status->exit_status);
	}
	text = json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(json);
	if (text)
		(void)io_replace_file(path, text, strlen(text), NULL);
	free(text);
}
