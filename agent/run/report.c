/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one voice of lander: stages, progress, the failure screen, the status
 * file.  Progress is what is done (written, verified), never what was asked
 * for.  A console or a status file that can't be written stops nothing.
 */
#include "run/report.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/parse.h"
#include "copy/pass.h"
#include "run/console.h"
#include "run/keep.h"
#include "run/outlets.h"
#include "run/progress.h"
#include "run/status.h"

#define LINE_MAX_BYTES 2048

struct report {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t ticker;
	bool ticking;
	bool ending;
	struct console *console;
	char *status_path;
	char *log; /* its path, for the failure screen */
	char label[96];
	struct outlets *outlets;
	struct status status;
	double began; /* of the watched pass */
	double drawn; /* when the last line was printed */
	struct progress_pace pace;
	bool was_waiting;
	struct keep kept;
};

/* Warnings of the lower rooms: what goes on although something is wrong. */
static void mirror(void *owner, enum log_level level, const char *line)
{
	struct report *report = owner;
	char text[LINE_MAX_BYTES];

	if (level > LOG_LEVEL_WARN)
		return;
	(void)snprintf(text, sizeof(text), "lander: %s\n", line);
	console_write(report->console, text);
	/* It has a time of its own there. */
	outlets_line(report->outlets, level, strstr(line, " - ") + 3);
}

static void speak(struct report *report, enum log_level level, const char *text)
{
	char line[LINE_MAX_BYTES];
	size_t length;

	(void)snprintf(line, sizeof(line) - 1, "lander: %s", text);
	parse_make_printable(line);
	outlets_line(report->outlets, level, line + strlen("lander: "));
	length = strlen(line);
	line[length] = '\n';
	line[length + 1] = '\0';
	console_write(report->console, line);
	log_info("report", "%s", text);
	keep_line(&report->kept, text);
}

static struct progress_view view(const struct report *report, double now)
{
	return (struct progress_view){report->label, report->status.progress,
				      report->status.rate, now - report->began,
				      report->status.paused};
}

/* Locked, as all that reads the status. */
static void notify(struct report *report, const char *kind, const char *text)
{
	outlets_event(report->outlets, kind, &report->status, text);
}

/* A line at times; who listens elsewhere takes its own times. */
static void draw(struct report *report, double now)
{
	const struct progress_view seen = view(report, now);
	char text[320];

	progress_now(&seen, text, sizeof(text));
	notify(report, "progress", text);
	if (now - report->drawn < progress_pause(now - report->began))
		return;
	speak(report, LOG_LEVEL_INFO, text);
	report->drawn = now;
}

static void draw_end(struct report *report, double now)
{
	const struct progress_view seen = view(report, now);
	char text[320];

	progress_end(&seen, text, sizeof(text));
	speak(report, LOG_LEVEL_INFO, text);
}

static void tick(struct report *report)
{
	double now = io_seconds();
	const char *news;
	bool waiting;

	if (!report->status.progress)
		return;
	progress_measure(&report->pace,
			 atomic_load(&report->status.progress->done), now);
	report->status.rate = report->pace.rate;
	waiting = atomic_load(&report->status.progress->waiting);
	if (waiting != report->was_waiting) {
		news = waiting ? "the source does not answer; connecting again"
			       : "the source is back";
		speak(report, waiting ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, news);
		notify(report, "state", news);
	}
	report->was_waiting = waiting;
	draw(report, now);
	status_write(&report->status, report->status_path);
}

static void *run_ticker(void *owner)
{
	struct report *report = owner;

	(void)pthread_mutex_lock(&report->lock);
	while (!report->ending) {
		struct timespec until;

		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		(void)pthread_cond_timedwait(&report->wake, &report->lock,
					     &until);
		tick(report);
	}
	(void)pthread_mutex_unlock(&report->lock);
	return NULL;
}

int report_open(const struct report_options *options,
		struct report **ret_report, struct error **err)
{
	struct report *report = calloc(1, sizeof(*report));
	pthread_condattr_t clock;

	if (report)
		report->outlets = outlets_open();
	if (!report || !report->outlets) {
		free(report);
		return error_memory(err);
	}
	(void)pthread_mutex_init(&report->lock, NULL);
	(void)pthread_condattr_init(&clock);
	(void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&report->wake, &clock);
	(void)pthread_condattr_destroy(&clock);
	(void)snprintf(report->status.state, sizeof(report->status.state),
		       "running");
	report->status.pass = report->label;
	report->console = console_open(options->machine);
	if (options->log)
		report->log = strdup(options->log);
	if (options->status) {
		report->status_path = strdup(options->status);
		(void)io_make_parents(options->status, NULL);
	}
	log_set_sink(mirror, report);
	report->ticking =
		pthread_create(&report->ticker, NULL, run_ticker, report) == 0;
	*ret_report = report;
	return 0;
}

void report_close(struct report *report)
{
	if (!report)
		return;
	(void)pthread_mutex_lock(&report->lock);
	report->ending = true;
	(void)pthread_cond_signal(&report->wake);
	(void)pthread_mutex_unlock(&report->lock);
	if (report->ticking)
		(void)pthread_join(report->ticker, NULL);
	outlets_deliver(report->outlets);
	log_set_sink(NULL, NULL);
	outlets_close(report->outlets);
	console_close(report->console);
	(void)pthread_mutex_destroy(&report->lock);
	(void)pthread_cond_destroy(&report->wake);
	free(report->status_path);
	free(report->log);
	status_forget_end(&report->status);
	free(report);
}

void report_job(struct report *report, const char *job)
{
	(void)pthread_mutex_lock(&report->lock);
	status_begin(&report->status, job);
	/* There is no plan of it yet. */
	keep_begin(&report->kept, true);
	keep_begin(&report->kept, false);
	outlets_job(report->outlets, job);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_state(struct report *report, const char *state)
{
	(void)pthread_mutex_lock(&report->lock);
	status_enter(&report->status, state);
	notify(report, status_ended(&report->status) ? "end" : "state", state);
	status_write(&report->status, report->status_path);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_stage(struct report *report, const char *name)
{
	char text[64];

	(void)pthread_mutex_lock(&report->lock);
	(void)snprintf(report->status.stage, sizeof(report->status.stage), "%s",
		       name);
	(void)snprintf(text, sizeof(text), "stage %s", name);
	speak(report, LOG_LEVEL_INFO, text);
	notify(report, "stage", text);
	status_write(&report->status, report->status_path);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_say(struct report *report, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES - 16];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)pthread_mutex_lock(&report->lock);
	speak(report, LOG_LEVEL_INFO, text);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_error(struct report *report, const char *what, struct error *error)
{
	report_say(report, "%s: %s", what,
		   error ? error->msg : "failed without a reason");
	error_free(error);
}

void report_text(struct report *report, const char *text)
{
	char *copy = strdup(text);
	char *save = NULL;

	for (char *line = copy ? strtok_r(copy, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		report_say(report, "%s", line);
	free(copy);
}

void report_watch(struct report *report, const char *label,
		  const struct pass_progress *progress)
{
	double now = io_seconds();

	(void)pthread_mutex_lock(&report->lock);
	if (report->status.progress && !progress)
		draw_end(report, now);
	report->status.progress = progress;
	report->began = now;
	report->drawn = now;
	report->pace = (struct progress_pace){
		now, progress ? atomic_load(&progress->done) : 0, 0};
	report->status.rate = 0;
	report->was_waiting = false;
	if (label)
		(void)snprintf(report->label, sizeof(report->label), "%s",
			       label);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_describe(struct report *report, char *buf, size_t room)
{
	struct progress_view seen;

	(void)pthread_mutex_lock(&report->lock);
	seen = view(report, io_seconds());
	progress_describe(&report->status, &seen, buf, room);
	(void)pthread_mutex_unlock(&report->lock);
	parse_make_printable(buf);
}

void report_paused(struct report *report, bool paused)
{
	(void)pthread_mutex_lock(&report->lock);
	if (status_pause(&report->status, paused))
		notify(report, "state",
		       paused ? "paused by order" : "no longer paused");
	status_write(&report->status, report->status_path);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_keep(struct report *report, bool keep)
{
	(void)pthread_mutex_lock(&report->lock);
	keep_begin(&report->kept, keep);
	(void)pthread_mutex_unlock(&report->lock);
}

bool report_kept(struct report *report, char *buf, size_t room)
{
	bool any;

	(void)pthread_mutex_lock(&report->lock);
	any = keep_read(&report->kept, buf, room);
	(void)pthread_mutex_unlock(&report->lock);
	return any;
}

void report_rounds(struct report *report, const struct status_rounds *rounds)
{
	char text[128];

	(void)pthread_mutex_lock(&report->lock);
	report->status.rounds = *rounds;
	(void)snprintf(text, sizeof(text), "round %u", rounds->round);
	notify(report, "round", text);
	status_write(&report->status, report->status_path);
	(void)pthread_mutex_unlock(&report->lock);
}

void report_failed(struct report *report, const struct report_failure *failure)
{
	char text[LINE_MAX_BYTES - 16];

	(void)pthread_mutex_lock(&report->lock);
	report->status.progress = NULL;
	(void)snprintf(report->status.state, sizeof(report->status.state),
		       "failed");
	status_forget_end(&report->status);
	report->status.failure = strdup(failure->error->msg);
	report->status.hint = strdup(failure->hint);
	report->status.exit_status = (int)failure->error->kind;
	(void)snprintf(text, sizeof(text), "%s failed: %s", failure->stage,
		       failure->error->msg);
	notify(report, "end", text);
	console_write(report->console,
		      "\nlander: ---------------------------------------------"
		      "-----------------\n");
	speak(report, LOG_LEVEL_ERROR, text);
	speak(report, LOG_LEVEL_INFO, failure->target);
	speak(report, LOG_LEVEL_INFO, failure->source);
	(void)snprintf(text, sizeof(text), "try: %s", failure->hint);
	speak(report, LOG_LEVEL_INFO, text);
	(void)snprintf(text, sizeof(text), "%s%s%sexit status: %d",
		       report->log ? "log: " : "",
		       report->log ? report->log : "", report->log ? "   " : "",
		       report->status.exit_status);
	speak(report, LOG_LEVEL_INFO, text);
	status_write(&report->status, report->status_path);
	(void)pthread_mutex_unlock(&report->lock);
}

struct outlets *report_outlets(const struct report *report)
{
	return report->outlets;
}

void report_receipt(struct report *report, const char *receipt)
{
	(void)pthread_mutex_lock(&report->lock);
	free(report->status.receipt);
	report->status.receipt = strdup(receipt);
	(void)pthread_mutex_unlock(&report->lock);
}

struct console *report_lines(const struct report *report)
{
	return report->console;
}

const char *report_console(const struct report *report)
{
	return console_main(report->console);
}
