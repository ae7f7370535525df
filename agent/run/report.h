/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_REPORT_H
#define LANDER_RUN_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct console;
struct error;
struct outlets;
struct pass_progress;
struct report;
struct status_rounds;

/** What the failure screen says beside the error itself. */
struct report_failure {
	const char *stage;
	const struct error *error;
	const char *target; /* one line: what state the disks are in */
	const char *source; /* one line: what became of the source */
	const char *hint;   /* one line: what to try */
};

/** Where lander speaks. */
struct report_options {
	bool machine;	    /* on every console, else on stdout */
	const char *status; /* the JSON file that is always current, or NULL */
	const char *log;    /* for the failure screen to name, or NULL */
};

/** report_open(options, ret, err): the one voice of lander.  Starts the thread
 *  that draws progress. */
int report_open(const struct report_options *options,
		struct report **ret_report, struct error **err);
void report_close(struct report *report);

/** report_outlets(report): who else is told, run/outlets.h. */
struct outlets *report_outlets(const struct report *report);

/** report_receipt(report, receipt): JSON, for the last event of the job. */
void report_receipt(struct report *report, const char *receipt);

/** report_job(report, job): for the status file, of a try that begins. */
void report_job(struct report *report, const char *job);

/** report_stage(report, name): a stage begins. */
void report_stage(struct report *report, const char *name);

/** report_say(report, fmt, ...): one line, "lander: …", to every console and
 *  the log. */
void report_say(struct report *report, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** report_error(report, what, error): "WHAT: why it failed"; frees the error,
 *  which may be NULL. */
void report_error(struct report *report, const char *what, struct error *error);

/** report_text(report, text): several lines, each with the prefix. */
void report_text(struct report *report, const char *text);

/** report_watch(report, label, progress): draw this pass until the next call;
 *  NULL progress ends it with a last line. */
void report_watch(struct report *report, const char *label,
		  const struct pass_progress *progress);

/** report_failed(report, failure): the failure screen, once. */
void report_failed(struct report *report, const struct report_failure *failure);

/** report_state(report, state): "running", "waiting", "done" in the status. */
void report_state(struct report *report, const char *state);

/** report_describe(report, buf, room): where the job is, in one line. */
void report_describe(struct report *report, char *buf, size_t room);

/** report_paused(report, paused): by order: what a pass says of itself. */
void report_paused(struct report *report, bool paused);

/** report_keep(report, keep): what is said until it is off is kept, in the
 *  place of what was before.  report_kept(report, buf, room): that; false when
 *  there is nothing. */
void report_keep(struct report *report, bool keep);
bool report_kept(struct report *report, char *buf, size_t room);

/** report_rounds(report, rounds): for the status file, run/status.h. */
void report_rounds(struct report *report, const struct status_rounds *rounds);

/** report_lines(report): the consoles themselves, for who listens there. */
struct console *report_lines(const struct report *report);

/** report_console(report): the console that a shell belongs to. */
const char *report_console(const struct report *report);

#endif
