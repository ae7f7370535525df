/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first meeting with a source, beside a screen that says so: the way of
 * lander check.  It writes nothing, there or here, and tells the source nothing
 * before its host key was accepted.
 */
#include "run/wizard_meet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "config/load.h"
#include "run/code.h"
#include "run/credential.h"
#include "run/migrate.h"
#include "run/sources.h"
#include "run/wizard_answers.h"
#include "run/wizard_work.h"
#include "source/source.h"
#include "source/survey.h"

#define LOGIN_S 15.0
#define DIAL_S	10U

/* A question under way. */
struct meeting {
	struct wizard_answers *answers;
	struct source_spec spec;
	struct source_spec jump;
	char way[300]; /* to the jump host */
	struct survey survey;
	bool at_jump; /* it is asked itself */
	_Atomic bool stop;
	int r;
	struct error *error;
};

/* Fetches what is shown to let us in; a URL for one use gives it once, and the
 * job has it from there. */
static int take_keys(struct meeting *meeting, struct error **err)
{
	const struct wizard_answers *answers = meeting->answers;
	struct config config = {0};
	struct migrate m = {.config = &config,
			    .report = answers->report,
			    .stop = &meeting->stop};
	int r = 0;

	if (meeting->at_jump || answers->kind != WIZARD_SSH)
		return 0;
	/* Whom a server has to be signed by is said elsewhere. */
	if (strstr(answers->key, "://") || strstr(answers->jump_key, "://"))
		r = load_config(answers->load, &config, err);
	if (r == 0 && meeting->spec.identity)
		r = credential_take(&m, &meeting->spec, err);
	else if (r == 0)
		r = credential_take_jump(&m, &meeting->spec, err);
	config_done(&config);
	return r;
}

static void run_survey(void *owner)
{
	struct meeting *meeting = owner;
	const struct survey_order order = {.spec = &meeting->spec,
					   .login_s = LOGIN_S,
					   .stop = &meeting->stop};

	meeting->r = take_keys(meeting, &meeting->error);
	if (meeting->r == 0)
		survey_run(&order, &meeting->survey);
}

static void halt(void *owner)
{
	struct meeting *meeting = owner;

	atomic_store(&meeting->stop, true);
}

static int aborted(struct error **err)
{
	return error_set(err, ERROR_ABORTED, 0, "stopped");
}

/* A person reads the first one that was shown, and only that is pinned. */
static void take_hostkey(struct wizard_answers *answers, bool at_jump,
			 const char *shown)
{
	const char *print = strstr(shown, "SHA256:");
	size_t length = strcspn(shown, ",");

	(void)snprintf(at_jump ? answers->jump_shown : answers->shown,
		       sizeof(answers->shown), "%.*s", (int)length, shown);
	if (print)
		(void)snprintf(at_jump ? answers->jump_hostkey
				       : answers->hostkey,
			       sizeof(answers->hostkey), "%.*s",
			       (int)strcspn(print, ","), print);
}

/* The way there. */
static void set_out(struct meeting *meeting, char *source, size_t room)
{
	const struct wizard_answers *answers = meeting->answers;

	(void)snprintf(meeting->way, sizeof(meeting->way), "ssh://%s/",
		       answers->jump);
	meeting->spec.connect_s = DIAL_S;
	meeting->spec.uri =
		meeting->at_jump ? meeting->way
				 : wizard_answers_source(answers, source, room);
	if (meeting->at_jump || answers->kind != WIZARD_SSH || !*answers->jump)
		return;
	meeting->jump = (struct source_spec){.uri = meeting->way,
					     .hostkey = answers->jump_hostkey,
					     .identity = answers->jump_key};
	meeting->spec.jump = &meeting->jump;
}

static int meet_hostkey(struct wizard_answers *answers, bool at_jump,
			struct error **err)
{
	struct meeting meeting = {.answers = answers, .at_jump = at_jump};
	struct wizard_work work = {
		.run = run_survey, .halt = halt, .owner = &meeting};
	char source[640];
	int r = 0;

	set_out(&meeting, source, sizeof(source));
	if (!wizard_work_wait(&work,
			      at_jump ? "Looking for the jump host"
				      : "Looking for the source",
			      meeting.spec.uri))
		return error_memory(err);
	if (*meeting.survey.trail.hostkeys)
		take_hostkey(answers, at_jump, meeting.survey.trail.hostkeys);
	else if (atomic_load(&meeting.stop))
		r = aborted(err);
	else if (meeting.r < 0)
		r = error_set(err, meeting.error->kind, 0, "%s",
			      meeting.error->msg);
	else
		r = error_set(err, ERROR_NETWORK, 0, "%s",
			      meeting.survey.error ? meeting.survey.error->msg
						   : "it shows no host key");
	survey_done(&meeting.survey);
	error_free(meeting.error);
	return r;
}

int wizard_meet_hostkey(struct wizard_answers *answers, struct error **err)
{
	answers->hostkey[0] = answers->shown[0] = '\0';
	return meet_hostkey(answers, false, err);
}

int wizard_meet_jump(struct wizard_answers *answers, struct error **err)
{
	answers->jump_hostkey[0] = answers->jump_shown[0] = '\0';
	return meet_hostkey(answers, true, err);
}

/* --- what it is ---------------------------------------------------------- */

static void add_disk(struct wizard_answers *answers, const char *name,
		     uint64_t size)
{
	const char *slash = strrchr(name, '/');
	struct wizard_source_disk *disk;

	if (answers->disks == WIZARD_DISKS)
		return;
	disk = &answers->disk[answers->disks++];
	*disk = (struct wizard_source_disk){.size = size,
					    .target = WIZARD_NONE};
	if (!*answers->only)
		(void)snprintf(disk->name, sizeof(disk->name), "%s", name);
	(void)snprintf(disk->shown, sizeof(disk->shown), "%s",
		       !*name  ? "the disk"
		       : slash ? slash + 1
			       : name);
}

static const char *firmware_name(const struct facts *facts)
{
	if (!*facts->firmware)
		return "";
	return strcmp(facts->firmware, "uefi") ? "BIOS" : "UEFI";
}

static void describe_machine(struct wizard_answers *answers,
			     const struct survey *survey)
{
	const struct facts *facts = &survey->facts;
	bool used = false;

	for (size_t i = 0; i < survey->disks; i++)
		used = used || survey->disk[i].writers;
	(void)snprintf(answers->machine_is, sizeof(answers->machine_is),
		       "%.60s%s%.60s%s%.10s\n%s",
		       *facts->hostname ? facts->hostname : answers->host,
		       *facts->os ? ", " : "", facts->os,
		       *facts->firmware ? ", started by " : "",
		       firmware_name(facts),
		       used ? "It runs: its disks are written to meanwhile."
			    : "Nobody writes to its disks.");
}

static int take_survey(struct meeting *meeting, struct error **err)
{
	struct survey *survey = &meeting->survey;
	struct wizard_answers *answers = meeting->answers;

	if (survey->step < SURVEY_FACTS) {
		*err = survey->error;
		survey->error = NULL;
		if (*err)
			return -EIO;
		return error_set(err, ERROR_SOURCE, 0, "it says nothing");
	}
	for (size_t i = 0; i < survey->disks; i++) {
		const struct survey_disk *from = &survey->disk[i];

		if (from->open)
			add_disk(answers, from->name, from->size);
	}
	describe_machine(answers, survey);
	if (!answers->disks)
		return error_set(err, ERROR_SOURCE, 0,
				 "the source has no disk that can be read");
	return 0;
}

static void prepare_ssh(struct meeting *meeting)
{
	struct wizard_answers *answers = meeting->answers;
	struct source_spec *spec = &meeting->spec;

	if (answers->kind == WIZARD_CODE) {
		spec->identity = "code";
		code_fill(spec);
		return;
	}
	spec->hostkey = answers->hostkey;
	if (answers->way == WIZARD_PASSWORD)
		spec->password = answers->password.at;
	else
		spec->identity = answers->key;
}

/* --- any other source ---------------------------------------------------- */

static int list_one(struct meeting *meeting, const char *name,
		    struct error **err)
{
	struct source_spec spec = meeting->spec;
	struct source *source = NULL;

	spec.export = *name ? name : NULL;
	if (source_open(&spec, &source, err) < 0)
		return -EIO;
	add_disk(meeting->answers, name, source->size);
	source_close(source);
	return 0;
}

static void run_list(void *owner)
{
	struct meeting *meeting = owner;
	char **names = NULL;

	if (sources_names_export(meeting->spec.uri)) {
		meeting->r = list_one(meeting, "", &meeting->error);
		return;
	}
	meeting->r = source_list(&meeting->spec, &names, &meeting->error);
	for (size_t i = 0; meeting->r == 0 && names[i]; i++)
		meeting->r = list_one(meeting, names[i], &meeting->error);
	parse_free_list(names);
}

static int finish(struct meeting *meeting, struct error **err)
{
	int r = meeting->r;

	if (r < 0) {
		*err = meeting->error;
		meeting->error = NULL;
		return r;
	}
	if (meeting->answers->kind != WIZARD_URI)
		return take_survey(meeting, err);
	(void)snprintf(meeting->answers->machine_is,
		       sizeof(meeting->answers->machine_is),
		       "Disks of a server. Nobody may write to them while they "
		       "are copied.");
	return 0;
}

int wizard_meet_disks(struct wizard_answers *answers, struct error **err)
{
	struct meeting meeting = {.answers = answers};
	struct wizard_work work = {.halt = halt, .owner = &meeting};
	char source[640];
	int r = 0;

	answers->disks = 0;
	set_out(&meeting, source, sizeof(source));
	work.run = answers->kind == WIZARD_URI ? run_list : run_survey;
	if (answers->kind != WIZARD_URI)
		prepare_ssh(&meeting);
	if (!wizard_work_wait(&work, "Asking the source for its disks", source))
		r = error_memory(err);
	if (r == 0 && atomic_load(&meeting.stop))
		r = aborted(err);
	if (r == 0)
		r = finish(&meeting, err);
	survey_done(&meeting.survey);
	error_free(meeting.error);
	return r;
}
