/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that the source can't read, and what the new file systems can't keep:
 * known after the first pass, and told then, because a comparison that can't
 * succeed is not worth a downtime.  It leaves nothing out by itself.
 */
#include "run/obstacle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "files/files.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/report.h"

/* So many are named where people read; the log has more of them. */
#define NAMED	   3U
#define PATH_BYTES 300

static enum files_note kind_of(const struct obstacle *obstacle)
{
	if (obstacle->unreadable)
		return FILES_NOTE_UNREADABLE;
	return obstacle->unkept ? FILES_NOTE_LOST : FILES_NOTE_DIFFERENT;
}

static uint64_t count_of(const struct obstacle *obstacle)
{
	if (obstacle->unreadable)
		return obstacle->unreadable;
	return obstacle->unkept ? obstacle->unkept : obstacle->different;
}

/* Once each: of one file several attributes may be lost. */
static bool is_again(const struct files *files, enum files_note kind,
		     unsigned int at)
{
	const char *path = files_noted(files, kind, at)->path;

	for (unsigned int i = 0; i < at; i++)
		if (!strcmp(files_noted(files, kind, i)->path, path))
			return true;
	return false;
}

/* --- in words ------------------------------------------------------------ */

static void write_names(const struct files *files, struct obstacle *obstacle,
			FILE *to)
{
	enum files_note kind = kind_of(obstacle);
	const struct files_noted *one;
	unsigned int i;

	for (i = 0; i < NAMED && (one = files_noted(files, kind, i)); i++)
		(void)fprintf(to, "%s%.*s: %s", i ? "; " : "", PATH_BYTES,
			      one->path, one->words ? one->words : "?");
	if (count_of(obstacle) > i)
		(void)fprintf(to, "; and %" PRIu64 " more, which the log names",
			      count_of(obstacle) - i);
}

/* A path as a pattern, in a list with commas.  A "?" in it may stand for what
 * can't be printed. */
static void write_pattern(const char *path, FILE *to)
{
	for (; *path; path++)
		if (*path == '*' || *path == '[')
			(void)fprintf(to, "[%c]", *path);
		else
			(void)fputc(*path == ',' ? '?' : *path, to);
}

/* To be typed as it stands; that of the job is in it. */
static void write_exclude(const struct migrate *m, FILE *to)
{
	const struct obstacle *obstacle = &m->fitting->obstacle;
	const char *text = config_text(m->config, CONFIG_EXCLUDE);
	enum files_note kind = kind_of(obstacle);
	const struct files_noted *one;
	const char *comma = "";

	(void)fputs("lander.exclude=", to);
	if (text && *text) {
		(void)fputs(text, to);
		comma = ",";
	}
	for (unsigned int i = 0;
	     (one = files_noted(m->fitting->files, kind, i)); i++) {
		if (i == NAMED || strlen(one->path) > PATH_BYTES) {
			(void)fprintf(to, "%s…", comma);
			break;
		}
		if (is_again(m->fitting->files, kind, i))
			continue;
		(void)fputs(comma, to);
		write_pattern(one->path, to);
		comma = ",";
	}
}

static const char *remedy_of(const struct obstacle *obstacle)
{
	if (obstacle->unreadable)
		return "repair them on the source or restore them there, or "
		       "leave them out with ";
	if (obstacle->unkept)
		return "take that off them on the source (setfattr -x, "
		       "chattr), give the place the kind of file system that "
		       "it had (no fstype=), or leave them out with ";
	return "where content differs check the target disk and this "
	       "machine's memory; a time, an owner, attributes or flags the "
	       "new file system may not keep: give the place the kind that it "
	       "had (no fstype=), or leave them out with ";
}

static void write_advice(const struct migrate *m, FILE *to)
{
	(void)fputs(remedy_of(&m->fitting->obstacle), to);
	write_exclude(m, to);
	(void)fputs(", and start again: nothing that was copied is lost", to);
}

static char *compose(const struct migrate *m, bool advice)
{
	char *text = NULL;
	size_t length = 0;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		return NULL;
	if (advice)
		write_advice(m, to);
	else
		write_names(m->fitting->files, &m->fitting->obstacle, to);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

static const char *what_of(const struct obstacle *obstacle)
{
	static const char *const what[][2] = {
		{"file can't be read on the source",
		 "files can't be read on the source"},
		{"thing can't be kept by the new file systems",
		 "things can't be kept by the new file systems"},
		{"file differs from the source, though it came once more",
		 "files differ from the source, though they came once more"}};
	size_t which = obstacle->unreadable ? 0 : obstacle->unkept ? 1 : 2;

	return what[which][count_of(obstacle) != 1];
}

static const char *or_log(const char *text)
{
	return text ? text : "the log names them";
}

/* --- seen, told ---------------------------------------------------------- */

static void tell(struct migrate *m, const struct obstacle *obstacle)
{
	report_say(m->report, "warning: %" PRIu64 " %s: %s", count_of(obstacle),
		   what_of(obstacle), or_log(obstacle->names));
	if (!m->live.on)
		return;
	report_say(m->report,
		   "the source is not stopped while that is so; mended there, "
		   "the job goes on by itself");
	report_say(m->report, "or: %s", or_log(obstacle->advice));
}

void obstacle_seen(struct migrate *m, const struct files_result *result)
{
	struct obstacle *obstacle = &m->fitting->obstacle;
	struct obstacle before = *obstacle;
	bool is;

	*obstacle = (struct obstacle){
		.unreadable = result->note[FILES_NOTE_UNREADABLE],
		.unkept = result->note[FILES_NOTE_LOST]};
	is = obstacle_is(m);
	if (is) {
		obstacle->names = compose(m, false);
		obstacle->advice = compose(m, true);
	}
	if (is && (!before.names || !obstacle->names ||
		   strcmp(before.names, obstacle->names) != 0))
		tell(m, obstacle);
	else if (!is && (before.unreadable || before.unkept))
		report_say(m->report, "all files of the source can be read and "
				      "kept now");
	obstacle_done(&before);
}

bool obstacle_is(const struct migrate *m)
{
	return m->fitting &&
	       (m->fitting->obstacle.unreadable || m->fitting->obstacle.unkept);
}

static int raise_it(struct obstacle *obstacle, enum error_kind kind,
		    struct error **err)
{
	obstacle->raised = true;
	return error_set(err, kind, 0, "%" PRIu64 " %s: %s", count_of(obstacle),
			 what_of(obstacle), or_log(obstacle->names));
}

int obstacle_error(struct migrate *m, struct error **err)
{
	struct obstacle *obstacle = &m->fitting->obstacle;

	return raise_it(obstacle,
			obstacle->unreadable ? ERROR_SOURCE : ERROR_TARGET,
			err);
}

int obstacle_different(struct migrate *m, uint64_t count, struct error **err)
{
	struct obstacle *obstacle = &m->fitting->obstacle;

	obstacle_done(obstacle);
	obstacle->different = count;
	obstacle->names = compose(m, false);
	obstacle->advice = compose(m, true);
	return raise_it(obstacle, ERROR_VERIFY, err);
}

const char *obstacle_advice(const struct migrate *m)
{
	return m->fitting && m->fitting->obstacle.raised
		       ? or_log(m->fitting->obstacle.advice)
		       : NULL;
}

void obstacle_begin(struct migrate *m)
{
	report_say(m->report, "the source is not stopped yet: %" PRIu64 " %s",
		   count_of(&m->fitting->obstacle),
		   what_of(&m->fitting->obstacle));
	report_say(m->report, "%s",
		   m->live.cutover.when == CUTOVER_AUTO
			   ? "rounds go on until that is mended, as many as "
			     "lander.rounds allows; 'abort' gives up"
			   : "the order is followed as soon as that is "
			     "mended; 'abort' gives up");
}

void obstacle_done(struct obstacle *obstacle)
{
	free(obstacle->names);
	free(obstacle->advice);
	*obstacle = (struct obstacle){0};
}
