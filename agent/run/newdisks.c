/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The new layout on its disks: made once, and opened again by every start after
 * it.  It is made on the stage devices, is closed, and only then does the
 * record say so; what is copied into is always what was opened again.  A file
 * as a target (tests, images) is a loop device without a stage: its first
 * sector is the record all the time but while its table is made.
 */
#include "run/newdisks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "config/config.h"
#include "disk/build.h"
#include "disk/commit.h"
#include "disk/fsck.h"
#include "disk/layout.h"
#include "disk/loop.h"
#include "disk/rootfs.h"
#include "disk/stage.h"
#include "disk/target.h"
#include "run/fitting.h"
#include "run/migrate.h"
#include "run/newdisks_kind.h"
#include "run/report.h"

#define PATIENCE 10.0 /* seconds for a busy device */

static struct design *design_of(const struct migrate *m)
{
	return &m->fitting->fit.design;
}

static struct build_order order_of(const struct migrate *m)
{
	return (struct build_order){.key = m->luks.bytes ? &m->luks : NULL,
				    .stop = m->stop};
}

/* --- its devices --------------------------------------------------------- */

static int open_device(struct migrate *m, size_t i, struct error **err)
{
	struct job_disk *disk = &m->disk[i];
	struct stage_disk stage = {disk->target.path, disk->target.name,
				   disk->sector0, 0};
	struct design_node *node = &design_of(m)->node[i];
	int r;

	/* The stage device claims the disk; ours would be in its way. */
	target_close(disk->open);
	disk->open = NULL;
	if (disk->target.is_block)
		r = stage_open(&stage, &disk->stage, err);
	else
		r = loop_attach(disk->target.path, disk->target.logical_block,
				true, &m->fitting->loop[i], err);
	if (r == 0)
		(void)snprintf(node->device, sizeof(node->device), "%s",
			       disk->stage ? disk->stage->device
					   : m->fitting->loop[i]);
	return r;
}

static int open_devices(struct migrate *m, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = open_device(m, i, err);
	return r;
}

static int read_head(const char *device, void *ret, size_t length,
		     struct error **err)
{
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", device);
	if (pread(fd, ret, length, 0) != (ssize_t)length)
		r = error_set(err, ERROR_TARGET, errno ? errno : EIO,
			      "read '%s'", device);
	(void)close(fd);
	return r;
}

static int close_loop(struct migrate *m, size_t i, struct error **err)
{
	char **loop = &m->fitting->loop[i];
	int r = loop_detach(*loop, io_seconds() + PATIENCE, err);

	free(*loop);
	*loop = NULL;
	return r;
}

/* With its first sector as it was made. */
static int close_made(struct migrate *m, size_t i, struct error **err)
{
	struct job_disk *disk = &m->disk[i];
	void *sector = NULL;
	int r;

	if (disk->target.is_block) {
		r = stage_close(disk->stage, &sector, err);
		disk->stage = NULL;
		if (r == 0) {
			free(disk->sector0);
			disk->sector0 = sector;
		}
	} else {
		r = read_head(m->fitting->loop[i], disk->sector0,
			      disk->target.logical_block, err);
		if (close_loop(m, i, r < 0 ? NULL : err) < 0 && r == 0)
			r = -EIO;
	}
	return r < 0 ? r : target_open(&disk->target, 0, &disk->open, err);
}

/* --- made, or found ------------------------------------------------------ */

static int make(struct migrate *m, const uint8_t kind[16], struct error **err)
{
	const struct build_order order = order_of(m);
	int r = open_devices(m, err);

	if (r == 0)
		r = build_make(design_of(m), &order, err);
	if (r == 0)
		r = build_close(design_of(m), err);
	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = close_made(m, i, err);
	for (size_t i = 0; r == 0 && i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];

		memcpy(disk->record.digest, kind, sizeof(disk->record.digest));
		r = commit_keep(disk->open, &disk->record, disk->sector0, err);
	}
	return r < 0 ? error_wrap(err, "the new layout") : 0;
}

/* What is made anew must not be taken for made before it is. */
static int forget(struct migrate *m, struct error **err)
{
	bool said = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < m->count; i++) {
		struct job_disk *disk = &m->disk[i];

		if (!disk->record.inline_length)
			continue;
		if (!said)
			report_say(m->report,
				   "the layout of an earlier start is not the "
				   "one of this plan: it is made anew");
		said = true;
		disk->record.inline_length = 0;
		memset(disk->record.digest, 0, sizeof(disk->record.digest));
		memset(disk->sector0, 0, disk->open->logical_block);
		r = target_write_record(disk->open, &disk->record, err);
	}
	return r;
}

#define HEAD ((size_t)65536)

/* Where the partitions of this disk really are. */
static int take_places(struct migrate *m, size_t which, struct error **err)
{
	struct job_disk *disk = &m->disk[which];
	struct design *design = design_of(m);
	struct layout layout = {0};
	uint8_t *head = malloc(HEAD);
	int r;

	if (!head)
		return error_memory(err);
	r = target_read(disk->open, head, HEAD, 0, err);
	memcpy(head, disk->sector0, disk->open->logical_block);
	if (r == 0)
		r = layout_of_head(head, HEAD, disk->open->size, &layout, err);
	free(head);
	for (size_t i = 0; r == 0 && i < layout.count; i++)
		for (size_t k = 0; k < design->count; k++)
			if (design->node[k].kind == DESIGN_PART &&
			    design->node[k].on[0] == which &&
			    design->node[k].number == layout.part[i].number) {
				design->node[k].start = layout.part[i].start;
				design->node[k].size = layout.part[i].length;
			}
	layout_done(&layout);
	return r;
}

static int find(struct migrate *m, struct error **err)
{
	int r = 0;

	report_say(m->report,
		   "the new layout is there since an earlier start, with the "
		   "sizes of then, and is kept");
	for (size_t i = 0; r == 0 && i < m->count; i++)
		r = take_places(m, i, err);
	return r;
}

/* What an earlier start encrypted opens by the key of then. */
static int open_all(struct migrate *m, bool found, struct error **err)
{
	const struct build_order order = order_of(m);
	struct error *why = NULL;
	int r = build_open(design_of(m), &order, &why);

	if (r == -EACCES && found) {
		r = error_set(err, ERROR_CONFIG, 0,
			      "lander.luks= is another key than the one that "
			      "the new layout was made with at an earlier "
			      "start: %s",
			      why->msg);
		error_free(why);
	} else if (r < 0 && err) {
		*err = why;
	} else {
		error_free(why);
	}
	return r;
}

/* That start may have ended in the middle of a change. */
static int make_whole(struct migrate *m, struct error **err)
{
	const struct rootfs *tree = &m->fitting->tree;
	int r;

	for (size_t i = 0; i < tree->count; i++) {
		const struct rootfs_part *part = &tree->part[i];

		r = fsck_device(part->device, part->fs, m->stop, err);
		if (r < 0)
			return error_wrap(err, "%s of an earlier start",
					  part->place);
		if (r > 0)
			report_say(m->report,
				   "%s (%s) was not whole after an earlier "
				   "start, and was mended",
				   part->place, part->fs);
	}
	return 0;
}

int newdisks_open(struct migrate *m, struct error **err)
{
	struct fitting *fitting = m->fitting;
	uint8_t kind[16];
	bool found;
	int r = newdisks_kind(m, kind, err);

	if (r < 0)
		return r;
	found = newdisks_kind_there(m, kind);
	if (found) {
		r = find(m, err);
	} else {
		r = forget(m, err);
		if (r == 0)
			r = make(m, kind, err);
	}
	if (r == 0)
		r = open_devices(m, err);
	if (r == 0)
		r = open_all(m, found, err);
	if (r < 0)
		return r;
	fitting->open = true;
	r = build_tree(design_of(m), &fitting->tree, err);
	if (r == 0 && found)
		r = make_whole(m, err);
	return r < 0 ? r : rootfs_mount(&fitting->tree, err);
}

int newdisks_unmount(struct migrate *m, struct error **err)
{
	struct fitting *fitting = m->fitting;
	int r = 0;

	if (!fitting->open)
		return 0;
	if (fitting->tree.count)
		r = rootfs_unmount(&fitting->tree, err);
	if (r == 0)
		r = build_close(design_of(m), err);
	if (r < 0)
		return r;
	rootfs_done(&fitting->tree);
	fitting->open = false;
	for (size_t i = 0; r == 0 && i < m->count; i++) {
		if (!fitting->loop[i])
			continue;
		r = close_loop(m, i, err);
		if (r == 0)
			r = target_open(&m->disk[i].target, 0, &m->disk[i].open,
					err);
	}
	return r;
}

void newdisks_drop(struct migrate *m)
{
	struct error *why = NULL;

	if (!m->fitting)
		return;
	if (newdisks_unmount(m, &why) < 0)
		log_warn("newdisks", "%s", why->msg);
	error_clear(&why);
	for (size_t i = 0; i < m->count; i++) {
		if (m->fitting->loop[i] && close_loop(m, i, &why) < 0)
			log_warn("newdisks", "%s", why->msg);
		error_clear(&why);
		if (m->disk[i].stage &&
		    stage_close(m->disk[i].stage, NULL, &why) < 0)
			log_warn("newdisks", "%s", why->msg);
		m->disk[i].stage = NULL;
		error_clear(&why);
	}
	rootfs_done(&m->fitting->tree);
}
