/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stage device: a disk that looks whole while its real sector 0 is still
 * the job record.  Sector 0 is a file in memory under a loop device, dm-linear
 * puts it in front of the rest of the disk, and a second loop device gives the
 * result partitions.  It refuses to hand back a sector 0 before everything
 * above it is flushed and gone.
 */
#include "disk/stage.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "disk/loop.h"
#include "disk/mapper.h"
#include "disk/settle.h"
#include "disk/snapshot.h"
#include "disk/volume.h"

#define PREFIX	  "lander-stage-"
#define DIRECTORY "/run/lander"
#define SUFFIX	  ".s0"
#define PATIENCE  10.0 /* seconds for a busy device */

static void stage_free(struct stage *stage)
{
	if (!stage)
		return;
	free(stage->target);
	free(stage->device);
	free(stage->dm_name);
	free(stage->dm_path);
	free(stage->s0_path);
	free(stage->s0_loop);
	free(stage);
}

static int read_geometry(const char *path, struct stage *stage,
			 uint64_t *ret_size, struct error **err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int block = 0;
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	if (ioctl(fd, BLKGETSIZE64, ret_size) < 0 ||
	    ioctl(fd, BLKSSZGET, &block) < 0)
		r = error_set(err, ERROR_TARGET, errno, "geometry of '%s'",
			      path);
	else if (*ret_size < 2 * (uint64_t)block)
		r = error_set(err, ERROR_TARGET, EINVAL, "size of '%s'", path);
	else
		/* Partitions that the kernel still remembers from before the
		 * record was written would double every link of udev. */
		(void)ioctl(fd, BLKRRPART, 0);
	stage->logical_block = (uint32_t)block;
	(void)close(fd);
	return r;
}

static char *join(const char *before, const char *name, const char *after)
{
	char *text = NULL;

	return asprintf(&text, "%s%s%s", before, name, after) < 0 ? NULL : text;
}

static bool is_name(const char *name)
{
	return !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")];
}

/* False: no memory. */
static bool name_parts(struct stage *stage, const char *path, const char *name)
{
	stage->target = strdup(path);
	stage->dm_name = join(PREFIX, name, "");
	stage->dm_path = join("/dev/mapper/" PREFIX, name, "");
	stage->s0_path = join(DIRECTORY "/" PREFIX, name, SUFFIX);
	return stage->target && stage->dm_name && stage->dm_path &&
	       stage->s0_path;
}

static int build(struct stage *stage, const struct stage_disk *disk,
		 uint64_t size, struct error **err)
{
	uint32_t block = stage->logical_block;
	struct mapper_piece piece[2] = {
		{.length = block},
		{stage->target, block, size - block},
	};
	int r = io_make_parents(stage->s0_path, err);

	if (r == 0)
		r = io_replace_file(stage->s0_path, disk->sector0, block, err);
	if (r == 0)
		r = loop_attach(stage->s0_path, block, false, &stage->s0_loop,
				err);
	if (r < 0)
		return r;
	piece[0].device = stage->s0_loop;
	r = mapper_create(stage->dm_name, piece, 2, disk->room > 0, err);
	if (r < 0)
		return r;
	stage->mapped = true;
	if (disk->room)
		r = snapshot_open(disk->name, stage->dm_path, disk->room,
				  &stage->copy, err);
	if (r == 0)
		r = loop_attach(stage->copy ? stage->copy->dm_path
					    : stage->dm_path,
				block, true, &stage->device, err);
	/* udev's links are what grub-probe and fstab tools go by. */
	if (r == 0)
		settle();
	return r;
}

/* From the top down; what is already gone is passed over, so it may be called
 * on a half-built one, and again. */
static int take_down(struct stage *stage, struct error **err)
{
	double deadline = io_seconds() + PATIENCE;
	int r = 0;

	if (stage->device) {
		settle();
		r = stage->copy ? loop_drop(stage->device, deadline, err)
				: loop_detach(stage->device, deadline, err);
		if (r < 0)
			return r;
		free(stage->device);
		stage->device = NULL;
	}
	if (stage->copy) {
		settle();
		r = snapshot_close(stage->copy, deadline, err);
		if (r < 0)
			return r;
		stage->copy = NULL;
	}
	if (stage->mapped) {
		settle();
		r = mapper_remove(stage->dm_name, deadline, err);
		if (r < 0)
			return r;
		stage->mapped = false;
	}
	if (stage->s0_loop) {
		r = loop_detach(stage->s0_loop, deadline, err);
		if (r < 0)
			return r;
		free(stage->s0_loop);
		stage->s0_loop = NULL;
	}
	return 0;
}

int stage_open(const struct stage_disk *disk, struct stage **ret_stage,
	       struct error **err)
{
	struct stage *stage;
	uint64_t size = 0;
	int r;

	if (!is_name(disk->name))
		return error_set(err, ERROR_INTERNAL, EINVAL,
				 "stage '%s': stage name '%s'", disk->path,
				 disk->name);
	stage = calloc(1, sizeof(*stage));
	if (!stage || !name_parts(stage, disk->path, disk->name)) {
		stage_free(stage);
		return error_memory(err);
	}
	r = read_geometry(disk->path, stage, &size, err);
	if (r == 0)
		r = build(stage, disk, size, err);
	if (r < 0) {
		if (take_down(stage, NULL) < 0)
			log_warn("disk", "%s is left behind", stage->dm_name);
		(void)unlink(stage->s0_path);
		stage_free(stage);
		return error_wrap(err, "stage '%s'", disk->path);
	}
	log_info("disk", "%s staged as %s%s", disk->path, stage->device,
		 disk->room ? ", as a copy in memory" : "");
	*ret_stage = stage;
	return 0;
}

/* Everything of the disk to the disk; and nobody is to read old sectors out
 * of the cache of the real device, which never saw what went past it. */
static int flush_target(const char *path, struct error **err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	if (fsync(fd) < 0 || ioctl(fd, BLKFLSBUF, 0) < 0)
		r = error_set(err, ERROR_TARGET, errno, "flush '%s'", path);
	(void)close(fd);
	return r;
}

int stage_close(struct stage *stage, void **ret_sector0, struct error **err)
{
	char *sector = NULL;
	size_t length = 0;
	int r;

	if (!stage)
		return 0;
	r = take_down(stage, err);
	if (r == 0)
		r = flush_target(stage->target, err);
	if (r == 0)
		r = io_read_file(stage->s0_path, stage->logical_block, &sector,
				 &length, err);
	if (r == 0 && length != stage->logical_block)
		r = error_set(err, ERROR_INTERNAL, EIO, "staged sector 0");
	if (r == 0) {
		(void)unlink(stage->s0_path);
		if (ret_sector0) {
			*ret_sector0 = sector;
			sector = NULL;
		}
	} else {
		r = error_wrap(err, "take down %s", stage->dm_name);
	}
	free(sector);
	stage_free(stage);
	return r;
}

bool stage_used(const struct stage *stage, uint64_t *ret_bytes)
{
	*ret_bytes = 0;
	return !stage->copy || snapshot_used(stage->copy, ret_bytes);
}

static void warn(struct error *why)
{
	log_warn("disk", "sweep: %s", why ? why->msg : "out of memory");
	error_free(why);
}

/* One mapped device of an earlier run, and what is on it. */
static bool sweep_mapped(const char *name, const char *device)
{
	double deadline = io_seconds() + PATIENCE;
	struct error *why = NULL;
	char *by_name = NULL;
	char *loop = NULL;
	int r;

	if (asprintf(&by_name, "/dev/mapper/%s", name) < 0)
		return false;
	r = loop_find(by_name, &loop, &why);
	if (r == 1)
		r = loop_find(device, &loop, &why);
	if (r == 0) {
		volume_release(loop);
		r = !strncmp(name, SNAPSHOT_PREFIX, strlen(SNAPSHOT_PREFIX))
			    ? loop_drop(loop, deadline, &why)
			    : loop_detach(loop, deadline, &why);
	}
	if (r >= 0)
		r = mapper_remove(name, deadline, &why);
	if (r < 0)
		warn(why);
	free(by_name);
	free(loop);
	return r >= 0;
}

static void sweep_sector(const char *name)
{
	char path[512];
	struct error *why = NULL;
	char *loop = NULL;
	int r;

	(void)snprintf(path, sizeof(path), DIRECTORY "/%s", name);
	r = loop_find(path, &loop, &why);
	if (r == 0)
		r = loop_detach(loop, io_seconds() + PATIENCE, &why);
	if (r < 0)
		warn(why);
	else
		(void)unlink(path);
	free(loop);
}

/* All that are called so; false when one is left. */
static bool sweep_all(const char *prefix)
{
	char *device = NULL;
	char *name = NULL;

	while (mapper_next(prefix, &name, &device, NULL) == 0) {
		bool gone = sweep_mapped(name, device);

		free(name);
		free(device);
		if (!gone)
			return false;
	}
	return true;
}

void stage_sweep(void)
{
	struct dirent *entry;
	DIR *dir;

	if (!sweep_all(SNAPSHOT_PREFIX))
		return;
	snapshot_sweep();
	if (!sweep_all(PREFIX))
		return;
	dir = opendir(DIRECTORY);
	while (dir && (entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    length > strlen(SUFFIX) &&
		    strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) ==
			    0)
			sweep_sector(entry->d_name);
	}
	if (dir)
		(void)closedir(dir);
}
