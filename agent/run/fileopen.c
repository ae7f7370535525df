/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What copies the files of a job of mode=file: which of the source's trees go
 * where, what is left out, and who looks on.  It copies nothing itself.
 */
#include "run/fileopen.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/parse.h"
#include "config/config.h"
#include "copy/throttle.h"
#include "files/files.h"
#include "run/contact.h"
#include "run/control.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "source/source.h"

#define OPEN_FILES 65536U
#define WAIT_MS	   200U

/* --- what is left out ---------------------------------------------------- */

/* As a pattern that means this path and no other. */
static char *quote(const char *path)
{
	char *text = malloc(3 * strlen(path) + 1);
	char *to = text;

	for (; text && *path; path++) {
		bool special = strchr("*?[", *path);

		if (special)
			*to++ = '[';
		*to++ = *path;
		if (special)
			*to++ = ']';
	}
	if (text)
		*to = '\0';
	return text;
}

/* The plan's own behind those of the job. */
static int add_left_out(struct migrate *m, struct error **err)
{
	struct fitting *fitting = m->fitting;
	const struct fit *fit = &fitting->fit;
	size_t count = 0;
	char **grown;

	while (fitting->exclude && fitting->exclude[count])
		count++;
	grown = reallocarray(fitting->exclude, count + fit->left_outs + 1,
			     sizeof(*grown));
	if (!grown)
		return error_memory(err);
	fitting->exclude = grown;
	for (size_t i = 0; i < fit->left_outs; i++) {
		grown[count] = quote(fit->left_out[i]);
		if (!grown[count])
			return error_memory(err);
		grown[++count] = NULL;
	}
	grown[count] = NULL;
	return 0;
}

int fileopen_check(struct migrate *m, struct error **err)
{
	const char *text = config_text(m->config, CONFIG_EXCLUDE);
	int r = 0;

	if (config_switch(m->config, CONFIG_REHEARSE))
		return error_set(err, ERROR_REFUSED, 0,
				 "lander.rehearse tries the conversion of a "
				 "copy of disks; with mode=file (%s) there is "
				 "no rehearsal",
				 m->fitting->why);
	if (config_is(m->config, CONFIG_QUIESCE, "snapshot"))
		return error_set(err, ERROR_REFUSED, 0,
				 "lander.quiesce=snapshot is for copies of "
				 "disks: files (%s) are read where they are "
				 "mounted",
				 m->fitting->why);
	/* The hint of a failed conversion of a disk names that word, too. */
	if (config_is(m->config, CONFIG_CONVERT, "none"))
		return error_set(
			err, ERROR_REFUSED, 0,
			"lander.convert=none is for copies of disks: a "
			"new layout (%s) has no boot loader, and fstab "
			"not its names, until the conversion sees to "
			"both",
			m->fitting->why);
	if (text)
		r = parse_split(text, ',', &m->fitting->exclude, err);
	for (size_t i = 0; r == 0 && text && m->fitting->exclude[i]; i++)
		if (files_glob_check(m->fitting->exclude[i], err) < 0)
			r = error_wrap(
				err, "%s: lander.exclude",
				config_origin(m->config, CONFIG_EXCLUDE));
	return r < 0 ? r : add_left_out(m, err);
}

/* --- who looks on -------------------------------------------------------- */

static void seen(void *owner, uint64_t done, uint64_t came)
{
	struct migrate *m = owner;
	struct pass_progress *p = &m->fitting->progress;
	uint64_t now = atomic_fetch_add(&p->done, done) + done;
	uint64_t total = atomic_load(&p->total);

	/* What is used was a guess: holes, and what is written meanwhile. */
	while (now > total &&
	       !atomic_compare_exchange_weak(&p->total, &total, now))
		;
	(void)atomic_fetch_add(&p->received, came);
	(void)atomic_fetch_add(&p->data, came);
	(void)atomic_fetch_add(&p->written, came);
}

/* A source that stands still is read as fast as it can be. */
static void pace(void *owner, uint64_t bytes)
{
	struct migrate *m = owner;
	struct throttle *throttle = control_throttle(m->orders);
	struct throttle_turn turn = {0};
	unsigned int ms;

	while (!m->live.held && !atomic_load(m->stop) &&
	       (ms = throttle_take(throttle, &turn, bytes)) > 0) {
		const struct timespec time = {
			.tv_nsec = (ms < WAIT_MS ? ms : WAIT_MS) * 1000000L};

		(void)nanosleep(&time, NULL);
	}
}

/* --- opening ------------------------------------------------------------- */

static int log_in(struct migrate *m, struct error **err)
{
	const struct rlimit limit = {OPEN_FILES, OPEN_FILES};
	struct source_spec jump;
	struct source_spec spec;
	struct files_settings settings = {
		.spec = &spec,
		.exclude = m->fitting->exclude,
		.stop = m->stop,
		.watch = {.seen = seen, .pace = pace, .owner = m}};
	int r = contact_spec(m, &jump, &spec, err);

	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return r < 0 ? r : files_open(&settings, &m->fitting->files, err);
}

/* What is only seen through another mount comes with that one. */
static bool is_mounted(const struct migrate *m, const char *place)
{
	const struct storage *storage = &m->fitting->storage;

	for (size_t i = 0; i < storage->mounts; i++)
		if (!strcmp(storage->mount[i].place, place))
			return true;
	return false;
}

static int add_parts(struct migrate *m, struct error **err)
{
	const struct rootfs *tree = &m->fitting->tree;
	int r = 0;

	for (size_t i = 0; r == 0 && i < tree->count; i++) {
		const struct rootfs_part *part = &tree->part[i];
		const struct files_pair pair = {
			.source = part->source_place ? part->source_place
						     : part->place,
			.directory = part->directory,
			.place = part->place,
			.optional = !part->source_place};

		if (!part->source_place || is_mounted(m, part->source_place))
			r = files_add(m->fitting->files, &pair, err);
	}
	return r;
}

int fileopen_open(struct migrate *m, struct error **err)
{
	int r = log_in(m, err);

	return r < 0 ? r : add_parts(m, err);
}
