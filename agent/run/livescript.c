/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * %pre, %final and %fail: the job's scripts around the migration.  They run
 * beside us, with what they may know in their environment.  Only %pre can stop
 * anything; a text is never written to a disk, because it may hold secrets.
 */
#include "run/livescript.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/process.h"
#include "config/config.h"
#include "run/migrate.h"
#include "run/report.h"
#include "run/scripts.h"

#define LIMIT_S		1800
#define LIMIT_ABORTED_S 60
#define WORDS		7

/* What all scripts of one kind are told. */
struct telling {
	enum config_script_kind kind;
	const char *word; /* "%pre" */
	const char *stage;
	const char *status;
	const char *message;
	const char *disks;
};

__attribute__((format(printf, 2, 3))) static bool put(char **word,
						      const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(word, format, args);
	va_end(args);
	if (length < 0)
		*word = NULL;
	return length >= 0;
}

static bool make_words(const struct migrate *m, const struct telling *telling,
		       const struct config_script *script, char *word[WORDS])
{
	const char *source = config_text(m->config, CONFIG_SOURCE);

	return put(&word[0], "LANDER_JOB=%s", m->job) &&
	       put(&word[1], "LANDER_SOURCE=%s", source ? source : "") &&
	       put(&word[2], "LANDER_DISKS=%s", telling->disks) &&
	       put(&word[3], "LANDER_STAGE=%s", telling->stage) &&
	       put(&word[4], "LANDER_STATUS=%s", telling->status) &&
	       put(&word[5], "LANDER_MESSAGE=%s", telling->message) &&
	       put(&word[6], "LANDER_SCRIPT=%s", script->origin);
}

/* The text as a file that only lives as long as it is open. */
static int open_text(const struct config_script *script, char *path,
		     size_t room, struct error **err)
{
	int fd = memfd_create("script", MFD_CLOEXEC);

	if (fd < 0 ||
	    io_pwrite(fd, script->text, strlen(script->text), 0) < 0) {
		if (fd >= 0)
			(void)close(fd);
		return error_set(err, ERROR_INTERNAL, EIO,
				 "no memory file for a script");
	}
	(void)snprintf(path, room, "/proc/%d/fd/%d", (int)getpid(), fd);
	return fd;
}

/* Into the log, line by line; the last one stays in last. */
static void log_output(char *output, char *last, size_t room)
{
	char *save = NULL;

	for (char *line = output ? strtok_r(output, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		log_info("script", "%s", line);
		(void)snprintf(last, room, "%s", line);
	}
}

static int run(const struct migrate *m, const char *const *argv,
	       struct error **err)
{
	bool aborted = atomic_load(m->stop);
	const struct process process = {.argv = argv,
					.timeout_s = aborted ? LIMIT_ABORTED_S
							     : LIMIT_S,
					.stop = aborted ? NULL : m->stop};
	char *output = NULL;
	char last[200] = "";
	int r = process_run(&process, &output, err);

	log_output(output, last, sizeof(last));
	free(output);
	if (r > 0)
		return error_set(err, ERROR_REFUSED, 0, "exited with %d: %s", r,
				 last);
	if (r < 0 && err && (*err)->kind != ERROR_ABORTED)
		(*err)->kind = ERROR_REFUSED;
	return r;
}

static int run_one(const struct migrate *m, const struct telling *telling,
		   const struct config_script *script, struct error **err)
{
	const char *argv[WORDS + 4] = {"env"};
	char *word[WORDS] = {NULL};
	double began = io_seconds();
	char path[64];
	int fd = -1;
	int r = 0;

	if (!make_words(m, telling, script, word))
		r = error_memory(err);
	if (r == 0)
		r = fd = open_text(script, path, sizeof(path), err);
	if (r < 0)
		goto out;
	for (size_t i = 0; i < WORDS; i++)
		argv[1 + i] = word[i];
	argv[1 + WORDS] = script->interpreter;
	argv[2 + WORDS] = path;
	report_say(m->report, "running %s of %s", telling->word,
		   script->origin);
	r = run(m, argv, err);
	if (r == 0)
		log_info("script", "%s of %s ended well after %.1f s",
			 telling->word, script->origin, io_seconds() - began);
out:
	if (fd >= 0)
		(void)close(fd);
	for (size_t i = 0; i < WORDS; i++)
		free(word[i]);
	return r < 0 ? error_wrap(err, "%s of %s", telling->word,
				  script->origin)
		     : 0;
}

/* Each of them, whatever becomes of it; or, with err, up to a failure. */
static int run_all(const struct migrate *m, const struct telling *telling,
		   struct error **err)
{
	const struct config_scripts *scripts = &m->config->scripts;

	for (size_t i = 0; i < scripts->count; i++) {
		struct error *why = NULL;

		if (scripts->script[i].kind != telling->kind ||
		    run_one(m, telling, &scripts->script[i], &why) == 0)
			continue;
		if (err) {
			*err = why;
			return -EINVAL;
		}
		report_say(m->report, "warning: %s; this changes nothing",
			   why->msg);
		error_free(why);
	}
	return 0;
}

int livescript_pre(const struct migrate *m, struct error **err)
{
	const struct telling telling = {
		CONFIG_SCRIPT_PRE, "%pre", "probe", "", "", ""};

	return run_all(m, &telling, err);
}

static void run_after(const struct migrate *m, struct telling telling)
{
	char *disks = scripts_targets(m);

	telling.disks = disks ? disks : "";
	(void)run_all(m, &telling, NULL);
	free(disks);
}

void livescript_final(const struct migrate *m)
{
	run_after(m, (struct telling){.kind = CONFIG_SCRIPT_FINAL,
				      .word = "%final",
				      .stage = "commit",
				      .status = "0",
				      .message = "done"});
}

void livescript_fail(const struct migrate *m, const char *stage,
		     const struct error *error)
{
	char status[16];

	(void)snprintf(status, sizeof(status), "%d", (int)error->kind);
	run_after(m, (struct telling){.kind = CONFIG_SCRIPT_FAIL,
				      .word = "%fail",
				      .stage = stage,
				      .status = status,
				      .message = error->msg});
}
