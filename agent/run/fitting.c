/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File mode, as far as its plan: what the source is made of, which disks it
 * goes to, and the new layout of them.  It writes to no disk, and asks the
 * source for nothing but descriptions.
 */
#include "run/fitting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/parse.h"
#include "boot/firmware.h"
#include "config/config.h"
#include "plan/match.h"
#include "plan/mode.h"
#include "run/contact.h"
#include "run/fileopen.h"
#include "run/fitting_disks.h"
#include "run/fitting_worth.h"
#include "run/migrate.h"
#include "run/probe.h"
#include "run/sources.h"
#include "source/machine.h"
#include "source/source.h"

/* What is known of the directories of some million files. */
#define FILES_MEMORY ((uint64_t)48 << 20)

bool fitting_is_asked(const struct migrate *m)
{
	return config_is(m->config, CONFIG_MODE, "file");
}

static bool is_ssh(const struct migrate *m)
{
	const char *uri = config_text(m->config, CONFIG_SOURCE);

	return uri && !strncmp(uri, "ssh://", 6);
}

/* --- the layout ---------------------------------------------------------- */

static int ask(struct migrate *m, struct fitting *fitting, struct error **err)
{
	struct machine *machine = NULL;
	int r = contact_open(m, &machine, err);

	if (r == 0)
		r = machine_storage(machine, &fitting->storage, err);
	machine_close(machine);
	return r;
}

/* The name of a source disk as the source's own list has it. */
static const char *source_name(const struct fitting *fitting,
			       const struct plan_disk *disk)
{
	const char *name = *disk->export ? disk->export : disk->source->name;
	const char *slash = strrchr(name, '/');
	size_t which;

	if (slash)
		name = slash + 1;
	which = storage_find(&fitting->storage, name);
	return which == STORAGE_NONE ? NULL
				     : fitting->storage.device[which].name;
}

static bool starts_uefi(const struct migrate *m, const struct fitting *fitting)
{
	/* Outside of the live system this is somebody else's machine. */
	return m->machine ? firmware_started_uefi() : fitting->storage.uefi;
}

static int fill_order(struct migrate *m, struct fitting *fitting,
		      const struct fitting_disks *choice, struct error **err)
{
	struct fit_order *order = &fitting->order;

	order->storage = &fitting->storage;
	order->wishes = &m->config->parts;
	order->plain = config_is(m->config, CONFIG_ENCRYPTION, "none");
	order->uefi = starts_uefi(m, fitting);
	order->seed = m->job;
	for (size_t i = 0; i < m->plan.count; i++) {
		order->source[i] = source_name(fitting, &m->plan.disk[i]);
		order->onto[i] = choice->onto[i];
		if (!order->source[i])
			return error_set(err, ERROR_SOURCE, 0,
					 "%s: the source does not tell of it",
					 m->plan.disk[i].source->name);
		order->sources++;
	}
	for (size_t i = 0; i < choice->count; i++) {
		const struct blockdev *disk = &m->disks.disk[choice->disk[i]];

		order->target[i] = (struct fit_target){disk->path, disk->size,
						       disk->logical_block};
		order->targets++;
	}
	return 0;
}

/* One disk of the plan for each target: the first source that goes there. */
static int keep_targets(struct migrate *m, const struct fitting_disks *choice,
			struct error **err)
{
	struct plan_disk *kept = calloc(choice->count + 1, sizeof(*kept));
	int r = 0;

	m->fitting->beside = calloc(m->plan.count, sizeof(*kept));
	if (!kept || !m->fitting->beside) {
		free(kept);
		return error_memory(err);
	}
	for (size_t i = 0; i < m->plan.count; i++) {
		struct plan_disk *disk = &m->plan.disk[i];

		/* No map of its blocks is made. */
		disk->memory = disk->source->memory + FILES_MEMORY;
		if (!kept[choice->onto[i]].source) {
			kept[choice->onto[i]] = *disk;
			continue;
		}
		m->fitting->beside[m->fitting->besides++] = *disk;
	}
	free(m->plan.disk);
	m->plan.disk = kept;
	m->plan.count = choice->count;
	for (size_t i = 0; r == 0 && i < choice->count; i++)
		r = sources_take_target(m, &kept[i], choice->disk[i], err);
	return r;
}

static int make(struct migrate *m, const struct match_wishes *wishes,
		struct error **err)
{
	struct fitting *fitting = m->fitting;
	struct fitting_disks choice = {0};
	int r;

	r = fitting_disks(m, wishes, &choice, err);
	if (r == 0)
		r = ask(m, fitting, err);
	if (r == 0)
		r = fill_order(m, fitting, &choice, err);
	if (r == 0)
		r = fit_make(&fitting->order, &fitting->fit, err);
	if (r == 0)
		r = fitting_worth(m, &choice, err);
	if (r == 0)
		r = keep_targets(m, &choice, err);
	/* Their names are the plan's now. */
	for (size_t i = 0; r == 0 && i < m->plan.count; i++)
		fitting->order.target[i].name = m->plan.disk[i].target.path;
	m->plan.files = r == 0;
	return r;
}

/* BLOCK or FILE of an earlier start of this job; AUTO: there was none. */
static enum mode begun_as(const struct migrate *m)
{
	const struct content *own = NULL;

	for (size_t t = 0; t < m->disks.count; t++)
		if (probe_is_own(m, &m->content[t]))
			own = &m->content[t];
	for (size_t i = 0; i < m->plan.count; i++)
		if (probe_is_own(m, &m->plan.disk[i].content))
			own = &m->plan.disk[i].content;
	if (!own)
		return MODE_AUTO;
	return own->record.files ? MODE_FILE : MODE_BLOCK;
}

static const char *find_small(const struct migrate *m)
{
	for (size_t i = 0; i < m->plan.count; i++)
		if (m->plan.disk[i].target.is_block &&
		    m->plan.disk[i].target.size < m->plan.disk[i].source->size)
			return m->plan.disk[i].target.path;
	return NULL;
}

/* The plan says so, where there was a choice. */
static void keep_why(struct migrate *m, const char *why)
{
	if (is_ssh(m) && config_is(m->config, CONFIG_MODE, "auto"))
		(void)snprintf(m->mode_why, sizeof(m->mode_why), "%s", why);
	else
		log_info("plan", "mode=block: %s", why);
}

/* Of auto: what block mode said stays the reason; r of what files said. */
static int give_up(struct migrate *m, struct error *block, struct error *files,
		   struct error **err)
{
	bool weighed = m->fitting->weighed;

	fitting_free(m->fitting);
	m->fitting = NULL;
	if (!block && !fitting_is_asked(m)) {
		if (weighed)
			keep_why(m, files->msg);
		else
			log_warn("plan", "mode=file is no way out: %s",
				 files->msg);
		error_free(files);
		return 1;
	}
	if (block)
		error_gather(&block, files);
	else
		block = files;
	if (err)
		*err = block;
	else
		error_free(block);
	return -EIO;
}

/* why: NULL: whether it is worth it is to be found out. */
static int fit(struct migrate *m, const struct match_wishes *wishes,
	       const char *why, struct error *block, struct error **err)
{
	struct error *files = NULL;
	int r;

	for (size_t i = 0; i < m->plan.count; i++)
		sources_return_target(m, &m->plan.disk[i]);
	m->fitting = calloc(1, sizeof(*m->fitting));
	if (!m->fitting) {
		error_free(block);
		return error_memory(err);
	}
	m->fitting->weighed = !why;
	if (why)
		(void)snprintf(m->fitting->why, sizeof(m->fitting->why), "%s",
			       why);
	r = make(m, wishes, &files);
	if (r < 0)
		return give_up(m, block, files, err);
	m->fitting->block = block;
	return 0;
}

static uint64_t size_of_all(const struct migrate *m)
{
	uint64_t size = 0;

	for (size_t i = 0; i < m->plan.count; i++)
		size += m->plan.disk[i].source->size;
	return size;
}

/* What files can't do for this job need not be asked for. */
static bool wants_disks(const struct migrate *m)
{
	return config_is(m->config, CONFIG_FREE, "skip") ||
	       config_is(m->config, CONFIG_QUIESCE, "snapshot") ||
	       config_is(m->config, CONFIG_CONVERT, "none") ||
	       config_switch(m->config, CONFIG_REHEARSE);
}

int fitting_choose(struct migrate *m, const struct match_wishes *wishes,
		   struct error *block, struct error **err)
{
	const struct mode_case which = {
		.asked = config_text(m->config, CONFIG_MODE),
		.ssh = is_ssh(m),
		.begun = begun_as(m),
		.matched = !block && !fitting_is_asked(m),
		.small = block ? NULL : find_small(m),
		.whole = wants_disks(m)};
	char why[FITTING_WHY];
	enum mode mode = mode_choose(&which, why, sizeof(why));

	if (mode == MODE_FILE && !which.ssh)
		return error_set(
			err, ERROR_CONFIG, 0,
			"lander.mode=file reads the files of a running "
			"machine: lander.source=ssh://…");
	if (mode == MODE_FILE && (!block || block->kind == ERROR_REFUSED))
		return fit(m, wishes, why, block, err);
	if (!block && mode_may_weigh(&which, size_of_all(m)))
		return fit(m, wishes, NULL, NULL, err);
	keep_why(m, why);
	if (!block)
		return 0;
	if (err)
		*err = block;
	else
		error_free(block);
	return -EIO;
}

static bool has_containers(const struct design *design)
{
	for (size_t i = 0; i < design->count; i++)
		if (design->node[i].kind == DESIGN_CONTAINER)
			return true;
	return false;
}

int fitting_check(struct migrate *m, struct error **err)
{
	if (!m->fitting)
		return 0;
	if (has_containers(&m->fitting->fit.design) &&
	    !config_text(m->config, CONFIG_LUKS))
		return error_set(err, ERROR_REFUSED, 0,
				 "the source has LUKS containers: lander.luks= "
				 "names the key of the new ones, or "
				 "lander.encryption=none leaves them out");
	return fileopen_check(m, err);
}

void fitting_free(struct fitting *fitting)
{
	if (!fitting)
		return;
	newlayout_done(&fitting->names);
	fit_done(&fitting->fit);
	storage_done(&fitting->storage);
	error_free(fitting->block);
	for (size_t i = 0; i < fitting->besides; i++) {
		source_close(fitting->beside[i].source);
		free(fitting->beside[i].export);
		layout_done(&fitting->beside[i].layout);
	}
	free(fitting->beside);
	parse_free_list(fitting->exclude);
	obstacle_done(&fitting->obstacle);
	free(fitting);
}
