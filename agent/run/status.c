/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The status file: always whole, always current.  It holds what a program
 * wants to know; people have the console.
 */
#include "run/status.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "base/version.h"
#include "copy/pass.h"
#include "run/machine_id.h"

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

/* By enum error_kind. */
const char *status_reason(int exit_status)
{
	static const char *const names[] = {[0] = "done",
					    [ERROR_INTERNAL] = "internal",
					    [ERROR_CONFIG] = "parameter",
					    [ERROR_REFUSED] = "refused",
					    [ERROR_SOURCE] = "source",
					    [ERROR_TARGET] = "target",
					    [ERROR_NETWORK] = "network",
					    [ERROR_CONVERGE] = "not-converging",
					    [ERROR_VERIFY] = "verify",
					    [ERROR_CONVERT] = "convert",
					    [ERROR_ABORTED] = "aborted"};

	return exit_status >= 0 && exit_status <
					   (int)(sizeof(names) / sizeof(*names))
		       ? names[exit_status]
		       : names[ERROR_INTERNAL];
}

bool status_ended(const struct status *status)
{
	return !strcmp(status->state, "done") ||
	       !strcmp(status->state, "failed");
}

static const char *severity_of(const struct status *status)
{
	if (!strcmp(status->state, "failed"))
		return "error";
	if (status->progress && atomic_load(&status->progress->waiting))
		return "warning";
	return "info";
}

static void add_state(json_t *json, const struct status *status)
{
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
	}
	if (status->failure || status_ended(status)) {
		add_number(json, "exit_status", (uint64_t)status->exit_status);
		add_text(json, "reason", status_reason(status->exit_status));
	}
}

void status_write(const struct status *status, const char *path)
{
	json_t *json;
	char *text;

	if (!path)
		return;
	json = json_object();
	add_state(json, status);
	text = json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	json_decref(json);
	if (text)
		(void)io_replace_file(path, text, strlen(text), NULL);
	free(text);
}

static json_t *describe_machine(const struct machine_id *id)
{
	json_t *json = json_object();

	add_text(json, "uuid", id->uuid);
	add_text(json, "serial", id->serial);
	add_text(json, "mac", id->mac);
	return json;
}

char *status_event(const struct status *status,
		   const struct status_event *event)
{
	json_t *json = json_object();
	char *text;

	add_text(json, "event", event->kind);
	add_number(json, "sequence", event->sequence);
	add_text(json, "severity", severity_of(status));
	add_text(json, "message", event->message);
	(void)json_object_set_new(json, "machine",
				  describe_machine(event->machine));
	add_state(json, status);
	if (status->receipt && status_ended(status))
		(void)json_object_set_new(json, "receipt",
					  json_loads(status->receipt, 0, NULL));
	text = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(json);
	return text;
}

void status_begin(struct status *status, const char *job)
{
	(void)snprintf(status->job, sizeof(status->job), "%s", job);
	status->rounds = (struct status_rounds){0};
	status_forget_end(status);
}

void status_enter(struct status *status, const char *state)
{
	(void)snprintf(status->state, sizeof(status->state), "%s", state);
	if (!status_ended(status))
		status_forget_end(status);
}

bool status_pause(struct status *status, bool paused)
{
	bool news = status->paused != paused;

	status->paused = paused;
	if (news)
		status->rate = 0;
	return news;
}

void status_forget_end(struct status *status)
{
	free(status->failure);
	free(status->hint);
	free(status->receipt);
	status->failure = NULL;
	status->hint = NULL;
	status->receipt = NULL;
	status->exit_status = 0;
}
