/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Looks at one source machine before anything is migrated: can it be reached
 * and entered, what is it, how fast do its disks come, how much is written to
 * them meanwhile.  It goes the copy's own way as far as that leads, and opens
 * nothing for writing; lander-source is gone from the source's files before it
 * says its first word.
 */
#include "source/survey.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/parse.h"
#include "source/description.h"
#include "source/login.h"
#include "source/remote.h"
#include "source/source.h"

#define ASK_S	30.0
#define WATCH_S 3.0 /* writes are counted at least so long */
#define NAP_NS	100000000L

struct work {
	const struct survey_order *order;
	struct survey *survey;
	struct login login;
	struct remote *remote;
	struct facts before;
	double began; /* when they were told */
};

static int ask_facts(struct work *work, struct facts *ret, struct error **err)
{
	struct remote_request request = {.type = WIRE_FACTS};
	struct remote_answer answer = {0};
	int r = remote_ask(work->remote, &request, io_seconds() + ASK_S,
			   &answer, err);

	if (r == 0)
		r = facts_parse(work->login.name, answer.bytes, answer.length,
				ret, err);
	free(answer.bytes);
	return r;
}

static int add_disk(struct survey *survey, const char *name, struct error **err)
{
	struct survey_disk *more;

	if (survey->disks == WIRE_DISKS_MAX) {
		survey->disks_left++;
		return 0;
	}
	more = realloc(survey->disk, (survey->disks + 1) * sizeof(*more));
	if (!more)
		return error_memory(err);
	survey->disk = more;
	more += survey->disks;
	*more = (struct survey_disk){.name = strdup(name)};
	if (!more->name)
		return error_memory(err);
	survey->disks++;
	return 0;
}

/* Those that the job would name. */
static int add_named(struct work *work, struct error **err)
{
	char *const *name = work->order->disk;
	int r = 0;

	if (name && *name)
		for (; r == 0 && *name; name++)
			r = add_disk(work->survey, *name, err);
	else if (*work->login.disk)
		r = add_disk(work->survey, work->login.disk, err);
	return r;
}

/* Those that a job that names none would copy. */
static int add_own(struct work *work, struct error **err)
{
	const struct facts *facts = &work->before;
	int r = 0;

	for (size_t i = 0; r == 0 && i < facts->disks; i++)
		if (facts_is_own(&facts->disk[i]))
			r = add_disk(work->survey, facts->disk[i].name, err);
	return r;
}

static int take_disk(const struct remote_answer *answer,
		     struct survey_disk *disk, struct error **err)
{
	struct description about = {0};
	struct error *why = NULL;

	if (description_take(disk->name, answer->bytes, answer->length, &about,
			     &why) < 0) {
		disk->code = EPROTO;
		disk->why = why ? strdup(why->msg) : NULL;
		error_free(why);
		return 0;
	}
	disk->open = true;
	disk->size = about.disk.size;
	disk->block = about.disk.block;
	if (!*about.writers)
		return 0;
	disk->writers = strdup(about.writers);
	return disk->writers ? 0 : error_memory(err);
}

/* A disk that can't be opened is a finding; a lost line is an error. */
static int open_disk(struct work *work, uint32_t number, struct error **err)
{
	struct survey_disk *disk = &work->survey->disk[number];
	size_t length = strlen(disk->name);
	uint8_t payload[8 + WIRE_PATH_MAX] = {0};
	struct remote_request request = {
		.type = WIRE_OPEN, .payload = payload, .length = 8 + length};
	struct remote_answer answer = {0};
	struct error *why = NULL;
	int r;

	if (length >= WIRE_PATH_MAX || !length) {
		disk->code = ENAMETOOLONG;
		return 0;
	}
	(void)wire_put32(payload, number);
	memcpy(payload + 8, disk->name, length);
	r = remote_ask(work->remote, &request, io_seconds() + ASK_S, &answer,
		       &why);
	if (r == 0) {
		r = take_disk(&answer, disk, &why);
	} else if (why->kind == ERROR_SOURCE && why->code) {
		disk->code = why->code;
		disk->why = strdup(why->msg);
		error_clear(&why);
		r = 0;
	}
	free(answer.bytes);
	if (r < 0 && err)
		*err = why;
	else
		error_free(why);
	return r;
}

static int open_disks(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	int r = add_named(work, err);
	bool named = survey->disks;

	/* Named ones first: then FACTS tells of them, too, whatever they are.
	 */
	for (uint32_t i = 0; r == 0 && i < survey->disks; i++)
		r = open_disk(work, i, err);
	if (r == 0)
		r = ask_facts(work, &work->before, err);
	work->began = io_seconds();
	if (r < 0)
		return r;
	survey->step = SURVEY_FACTS;
	if (!named)
		r = add_own(work, err);
	for (uint32_t i = 0; r == 0 && !named && i < survey->disks; i++)
		r = open_disk(work, i, err);
	return r;
}

static void take_turn(const struct survey_order *order)
{
	if (order->turn)
		(void)pthread_mutex_lock(order->turn);
}

static void give_turn(const struct survey_order *order)
{
	if (order->turn)
		(void)pthread_mutex_unlock(order->turn);
}

static int measure(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	struct gauge_disk disk[WIRE_DISKS_MAX];
	struct gauge_work reading = {.remote = work->remote,
				     .disk = disk,
				     .stop = work->order->stop};
	int r;

	for (uint32_t i = 0; i < survey->disks; i++)
		if (survey->disk[i].open)
			disk[reading.disks++] = (struct gauge_disk){
				i, survey->disk[i].block, survey->disk[i].size};
	take_turn(work->order);
	r = gauge_round_trip(work->remote, &survey->gauge, err);
	if (r == 0)
		r = gauge_reading(&reading, &survey->gauge, err);
	if (r == 0)
		r = gauge_hashing(&reading, &survey->gauge, err);
	give_turn(work->order);
	return r;
}

static void wait_until(double end, const _Atomic bool *stop)
{
	const struct timespec nap = {.tv_nsec = NAP_NS};

	while (io_seconds() < end && !(stop && atomic_load(stop)))
		(void)nanosleep(&nap, NULL);
}

/* How much was written between two counts, and since the start. */
static void watch_disk(const struct work *work, struct survey_disk *disk)
{
	const struct facts *after = &work->survey->facts;
	const struct facts_disk *now = facts_disk(after, disk->name);
	const struct facts_disk *then = facts_disk(&work->before, disk->name);

	disk->about = now;
	if (now && !disk->size)
		disk->size = now->size;
	if (!now || !then || !now->counted || !then->counted ||
	    now->was_written < then->was_written ||
	    work->survey->watched_s <= 0)
		return;
	disk->watched = true;
	disk->written = (double)(now->was_written - then->was_written) /
			work->survey->watched_s;
	if (after->uptime > 0)
		disk->usual = (double)now->was_written / after->uptime;
}

static int watch(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	struct facts after = {0};
	int r;

	wait_until(work->began + WATCH_S, work->order->stop);
	r = ask_facts(work, &after, err);
	if (r < 0)
		return r;
	survey->watched_s = io_seconds() - work->began;
	facts_done(&survey->facts);
	survey->facts = after;
	if (after.time) {
		survey->has_clock = true;
		survey->clock_ahead = (double)after.time - (double)time(NULL);
	}
	return 0;
}

/* What would be done at the cutover, or what stands against it: asked, not
 * done.
 */
static int ask_quiesce(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	uint8_t payload[8] = {0};
	struct remote_request request = {.type = WIRE_PREPARE,
					 .payload = payload,
					 .length = sizeof(payload)};
	struct remote_answer answer = {0};
	struct error *why = NULL;
	int r = remote_ask(work->remote, &request, io_seconds() + ASK_S,
			   &answer, &why);

	if (r == 0) {
		survey->quiesce = (char *)answer.bytes;
		return 0;
	}
	free(answer.bytes);
	if (why->kind != ERROR_SOURCE || !why->code) {
		if (err)
			*err = why;
		else
			error_free(why);
		return r;
	}
	survey->in_the_way = strdup(why->msg);
	error_free(why);
	return 0;
}

static bool is_written(const struct survey *survey)
{
	for (size_t i = 0; i < survey->disks; i++)
		if (survey->disk[i].writers)
			return true;
	return false;
}

static int look(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	bool watched = false;
	int r = open_disks(work, err);

	if (survey->step < SURVEY_FACTS)
		return r;
	if (r == 0)
		r = measure(work, err);
	/* What the line did not carry any more does not undo what it did. */
	if (r == 0)
		r = watch(work, err);
	watched = r == 0;
	/* A job asks it, too, only where there is somebody to hold back. */
	if (r == 0 && is_written(survey))
		r = ask_quiesce(work, err);
	if (!watched) {
		survey->facts = work->before;
		work->before = (struct facts){0};
	}
	for (size_t i = 0; i < survey->disks; i++)
		watch_disk(work, &survey->disk[i]);
	if (r == 0)
		survey->step = SURVEY_MEASURED;
	return r;
}

static enum survey_step step_of(const struct ssh_trail *trail)
{
	return (enum survey_step)((int)SURVEY_ADDRESS + (int)trail->step);
}

static int survey_machine(struct work *work, struct error **err)
{
	struct survey *survey = work->survey;
	int r = login_parse(work->order->spec, &work->login, err);

	if (r < 0)
		return r;
	survey->step = SURVEY_ADDRESS;
	survey->name = strdup(work->login.name);
	if (!survey->name)
		return error_memory(err);
	work->login.peer.trail = &survey->trail;
	r = remote_open(&work->login.peer, io_seconds() + work->order->login_s,
			work->order->stop, &work->remote, err);
	survey->step = step_of(&survey->trail);
	if (r < 0)
		return r;
	survey->step = SURVEY_PROGRAM;
	return look(work, err);
}

void survey_run(const struct survey_order *order, struct survey *ret)
{
	struct work work = {.order = order, .survey = ret};
	double began = io_seconds();

	*ret = (struct survey){0};
	(void)survey_machine(&work, &ret->error);
	remote_close(work.remote);
	facts_done(&work.before);
	login_done(&work.login);
	ret->seconds = io_seconds() - began;
}

void survey_done(struct survey *survey)
{
	for (size_t i = 0; i < survey->disks; i++) {
		free(survey->disk[i].name);
		free(survey->disk[i].why);
		free(survey->disk[i].writers);
	}
	free(survey->disk);
	free(survey->name);
	free(survey->quiesce);
	free(survey->in_the_way);
	error_free(survey->error);
	facts_done(&survey->facts);
	*survey = (struct survey){0};
}
