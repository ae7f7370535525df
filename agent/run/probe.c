/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is here: this machine's disks and what they hold.  Reads only.
 */
#include "run/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "config/config.h"
#include "config/secret.h"
#include "disk/settle.h"
#include "guest/receipt.h"
#include "guest/root.h"
#include "plan/match.h"
#include "run/migrate.h"
#include "run/report.h"

/* Outside the live system only what disks= names is looked at. */
static int list_named(struct migrate *m, struct error **err)
{
	struct match_wishes wishes = {0};
	int r = match_parse(config_text(m->config, CONFIG_DISKS), &wishes, err);

	if (r < 0)
		return r;
	if (!wishes.count) {
		r = error_set(err, ERROR_CONFIG, 0,
			      "outside the live system lander.disks must name "
			      "the target");
		goto out;
	}
	m->disks.disk = calloc(wishes.count, sizeof(*m->disks.disk));
	if (!m->disks.disk)
		r = error_memory(err);
	for (size_t i = 0; r == 0 && i < wishes.count; i++) {
		r = blockdev_probe(wishes.wish[i].target,
				   &m->disks.disk[m->disks.count], err);
		if (r == 0)
			m->disks.count++;
	}
	if (r < 0)
		(void)error_wrap(err, "disks");
out:
	match_done(&wishes);
	return r;
}

bool probe_is_own(const struct migrate *m, const struct content *content)
{
	return content->kind == CONTENT_RECORD &&
	       !strcmp(content->record.job, m->job);
}

/* A cut commit: every disk of the job that has a record is parked, the boot
 * disk, which is the last to be, among them.  Without it a disk may be one
 * whose controller is late. */
static bool commit_was_cut(const struct migrate *m)
{
	bool boot = false;

	for (size_t i = 0; i < m->disks.count; i++) {
		const struct content *content = &m->content[i];

		if (content->kind == CONTENT_DAMAGED &&
		    !strcmp(content->record.job, m->job))
			return false;
		if (!probe_is_own(m, content))
			continue;
		if (content->record.state != RECORD_COMMIT)
			return false;
		boot = boot || content->record.boot;
	}
	return boot;
}

/* An unfinished disk of this job: whatever a receipt says, it is not over. */
static bool has_own_record(const struct migrate *m)
{
	for (size_t i = 0; i < m->disks.count; i++)
		if (probe_is_own(m, &m->content[i]))
			return true;
	return false;
}

/* The same disk over another path, as multipath shows it. */
static bool is_known(const struct migrate *m, const struct record *record)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->disk[i].record.source_id == record->source_id &&
		    m->disk[i].record.sequence == record->sequence)
			return true;
	return false;
}

static int prepare_finish(struct migrate *m, struct error **err)
{
	m->disk = calloc(m->disks.count, sizeof(*m->disk));
	if (!m->disk)
		return error_memory(err);
	for (size_t i = 0; i < m->disks.count; i++) {
		struct job_disk *disk = &m->disk[m->count];
		int r;

		if (!probe_is_own(m, &m->content[i]) ||
		    is_known(m, &m->content[i].record))
			continue;
		r = blockdev_copy(&m->disks.disk[i], &disk->target, err);
		if (r < 0)
			return r;
		disk->record = m->content[i].record;
		disk->copied = disk->verified = disk->parked = true;
		m->count++;
	}
	m->finishing = true;
	m->touched = true;
	report_say(m->report, "the commit of this job was cut short; finishing "
			      "it, the source is not needed");
	return 0;
}

static bool is_system(const struct migrate *m, size_t which)
{
	return m->content[which].kind == CONTENT_SYSTEM &&
	       !m->disks.disk[which].busy;
}

/* 0 when the receipt in this system names the job. */
static int check_receipt(struct migrate *m, const struct blockdev *disk,
			 const struct root *root)
{
	if (!receipt_names(root->directory, m->job))
		return 1;
	report_say(m->report,
		   "%s holds %s, and its receipt says that this job is done: "
		   "nothing is written (another lander.job= would do it again)",
		   disk->path, root->name);
	return 0;
}

/* A disk that this job finished at an earlier start. */
static int look_for_receipt(struct migrate *m, const struct blockdev *disk)
{
	struct error *why = NULL;
	struct root root = {0};
	int r = root_look_disk(disk->path, &root, &why);

	if (r < 0)
		log_warn("probe", "%s: no receipt can be read: %s", disk->path,
			 why ? why->msg : "");
	error_free(why);
	if (r != 0)
		return 1;
	r = check_receipt(m, disk, &root);
	(void)root_close(&root, NULL);
	return r;
}

/* The same for a system that no disk holds alone: which of the disks it begins
 * on, or none. */
static const struct blockdev *look_across(struct migrate *m)
{
	const struct blockdev **disk =
		calloc(m->disks.count + 1, sizeof(*disk));
	const char **path = calloc(m->disks.count + 1, sizeof(*path));
	struct volume_order order = {.disk = path};
	const struct blockdev *found = NULL;
	struct error *why = NULL;
	struct root root = {0};
	size_t count = 0;

	for (size_t i = 0; disk && path && i < m->disks.count; i++)
		if (is_system(m, i)) {
			disk[count] = &m->disks.disk[i];
			path[count++] = m->disks.disk[i].path;
		}
	if (m->luks.bytes)
		order.key = &m->luks;
	if ((count > 1 || (count && order.key)) &&
	    root_look(&order, &root, &why) == 0) {
		if (check_receipt(m, disk[root.volume->disk], &root) == 0)
			found = disk[root.volume->disk];
		(void)root_close(&root, NULL);
	}
	if (why)
		log_warn("probe", "no receipt can be read: %s", why->msg);
	error_free(why);
	free(disk);
	free(path);
	return found;
}

static int note_arrival(struct migrate *m, const struct blockdev *disk,
			struct error **err)
{
	m->disk = calloc(1, sizeof(*m->disk));
	if (!m->disk)
		return error_memory(err);
	m->count = 1;
	m->arrived = true;
	return blockdev_copy(disk, &m->disk[0].target, err);
}

/* A disk that can't be read is no target; the others are none the worse. */
static int read_content(struct blockdev *disk, struct content *ret_content,
			struct error **err)
{
	struct error *why = NULL;
	int r;

	if (content_read(disk, ret_content, &why) == 0)
		return 0;
	log_warn("probe", "%s", why->msg);
	free(disk->busy);
	r = asprintf(&disk->busy, "unreadable: %s", why->msg);
	error_free(why);
	if (r >= 0)
		return 0;
	disk->busy = NULL;
	return error_memory(err);
}

static int read_contents(struct migrate *m, struct error **err)
{
	m->content = calloc(m->disks.count + 1, sizeof(*m->content));
	if (!m->content)
		return error_memory(err);
	for (size_t i = 0; i < m->disks.count; i++) {
		int r = read_content(&m->disks.disk[i], &m->content[i], err);

		if (r < 0)
			return r;
		log_info("probe", "%s: %s", m->disks.disk[i].path,
			 m->content[i].text ? m->content[i].text : "empty");
	}
	return 0;
}

int probe_disks(struct migrate *m, struct error **err)
{
	const struct blockdev *across;
	int r;

	if (m->machine) {
		/* Drivers load beside us; a disk that is a second late is still
		 * a disk. */
		settle();
		r = blockdev_list(&m->disks, err);
	} else {
		r = list_named(m, err);
	}
	if (r < 0)
		return r;
	r = read_contents(m, err);
	if (r < 0)
		return r;
	if (commit_was_cut(m))
		return prepare_finish(m, err);
	if (!m->machine || has_own_record(m))
		return 0;
	for (size_t i = 0; i < m->disks.count; i++)
		if (is_system(m, i) &&
		    look_for_receipt(m, &m->disks.disk[i]) == 0)
			return note_arrival(m, &m->disks.disk[i], err);
	across = look_across(m);
	return across ? note_arrival(m, across, err) : 0;
}

int probe_key(struct migrate *m, struct error **err)
{
	const char *text = config_text(m->config, CONFIG_LUKS);
	void *bytes = NULL;

	if (!text || !m->machine)
		return 0;
	if (secret_read(text, &bytes, &m->luks.length, err) < 0)
		return error_wrap(err, "%s: lander.luks",
				  config_origin(m->config, CONFIG_LUKS));
	m->luks.bytes = bytes;
	return 0;
}
