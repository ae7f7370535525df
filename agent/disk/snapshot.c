/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A copy of a device that costs only what is written to it: dm-snapshot over a
 * sparse file in a tmpfs.  The tmpfs has a size of its own, so that a full one
 * ends the copy and never the machine's memory.
 */
#include "disk/snapshot.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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

#define DIRECTORY "/run/lander/"
#define STORE	  "/changes"
#define MARGIN	  ((uint64_t)1 << 20) /* of the tmpfs, beside its one file */
#define PATIENCE  10.0

static int read_size(const char *path, uint64_t *ret_size, struct error **err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	if (ioctl(fd, BLKGETSIZE64, ret_size) < 0)
		r = error_set(err, ERROR_TARGET, errno, "size of '%s'", path);
	(void)close(fd);
	return r;
}

/* The file that takes the changes, on a tmpfs of its own. */
static int make_store(struct snapshot *snapshot, const char *path,
		      uint64_t room, struct error **err)
{
	char options[64];
	int r = io_make_parents(path, err);
	int fd;

	if (r < 0)
		return r;
	(void)snprintf(options, sizeof(options), "size=%" PRIu64 ",mode=700",
		       room + MARGIN);
	if (mount("lander", snapshot->directory, "tmpfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0)
		return error_set(err, ERROR_TARGET, errno, "mount '%s'",
				 snapshot->directory);
	snapshot->mounted = true;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "make '%s'", path);
	if (ftruncate(fd, (off_t)room) < 0)
		r = error_set(err, ERROR_TARGET, errno, "size of '%s'", path);
	(void)close(fd);
	return r;
}

/* From the top down, and again after a failure. */
static int take_down(struct snapshot *snapshot, double deadline,
		     struct error **err)
{
	int r = 0;

	if (snapshot->mapped) {
		r = mapper_remove(snapshot->dm_name, deadline, err);
		if (r < 0)
			return r;
		snapshot->mapped = false;
	}
	if (snapshot->loop) {
		r = loop_drop(snapshot->loop, deadline, err);
		if (r < 0)
			return r;
		free(snapshot->loop);
		snapshot->loop = NULL;
	}
	if (snapshot->mounted && umount2(snapshot->directory, 0) < 0)
		return error_set(err, ERROR_TARGET, errno, "unmount '%s'",
				 snapshot->directory);
	snapshot->mounted = false;
	if (snapshot->directory)
		(void)rmdir(snapshot->directory);
	return 0;
}

static void snapshot_free(struct snapshot *snapshot)
{
	free(snapshot->dm_name);
	free(snapshot->dm_path);
	free(snapshot->directory);
	free(snapshot->loop);
	free(snapshot);
}

int snapshot_open(const char *name, const char *origin, uint64_t room,
		  struct snapshot **ret_snapshot, struct error **err)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	char *path = NULL;
	uint64_t size = 0;
	int r;

	if (!snapshot ||
	    asprintf(&path, DIRECTORY SNAPSHOT_PREFIX "%s" STORE, name) < 0) {
		free(snapshot);
		return error_memory(err);
	}
	snapshot->directory = strndup(path, strlen(path) - strlen(STORE));
	if (asprintf(&snapshot->dm_name, SNAPSHOT_PREFIX "%s", name) < 0)
		snapshot->dm_name = NULL;
	if (asprintf(&snapshot->dm_path, "/dev/mapper/" SNAPSHOT_PREFIX "%s",
		     name) < 0)
		snapshot->dm_path = NULL;
	r = !snapshot->directory || !snapshot->dm_name || !snapshot->dm_path
		    ? error_memory(err)
		    : read_size(origin, &size, err);
	room -= room % MAPPER_CHUNK;
	if (r == 0)
		r = make_store(snapshot, path, room, err);
	if (r == 0)
		r = loop_attach(path, 512, false, &snapshot->loop, err);
	if (r == 0)
		r = mapper_snapshot(snapshot->dm_name, origin, snapshot->loop,
				    size, err);
	free(path);
	if (r < 0) {
		if (take_down(snapshot, io_seconds() + PATIENCE, NULL) < 0)
			log_warn("disk", "%s is left behind",
				 snapshot->directory);
		snapshot_free(snapshot);
		return r;
	}
	snapshot->mapped = true;
	*ret_snapshot = snapshot;
	return 0;
}

int snapshot_close(struct snapshot *snapshot, double deadline,
		   struct error **err)
{
	int r = take_down(snapshot, deadline, err);

	if (r == 0)
		snapshot_free(snapshot);
	return r;
}

bool snapshot_used(const struct snapshot *snapshot, uint64_t *ret_bytes)
{
	uint64_t sectors = 0;
	char *text = NULL;
	char *end = NULL;
	bool good = mapper_status(snapshot->dm_name, &text, NULL) == 0;

	if (good)
		sectors = strtoull(text, &end, 10);
	good = good && end != text && *end == '/';
	*ret_bytes = good ? sectors << 9 : 0;
	free(text);
	return good;
}

static void sweep_one(const char *name)
{
	char directory[300];
	char path[320];
	struct error *why = NULL;
	char *loop = NULL;
	int r;

	(void)snprintf(directory, sizeof(directory), DIRECTORY "%s", name);
	(void)snprintf(path, sizeof(path), "%s" STORE, directory);
	r = loop_find(path, &loop, &why);
	if (r == 0)
		r = loop_drop(loop, io_seconds() + PATIENCE, &why);
	if (r < 0)
		log_warn("disk", "sweep: %s", why ? why->msg : "out of memory");
	else if (umount2(directory, 0) < 0 && errno != EINVAL)
		log_warn("disk", "sweep: unmount '%s': %s", directory,
			 strerror(errno));
	else
		(void)rmdir(directory);
	error_free(why);
	free(loop);
}

void snapshot_sweep(void)
{
	struct dirent *entry;
	DIR *dir = opendir(DIRECTORY);

	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, SNAPSHOT_PREFIX,
			     strlen(SNAPSHOT_PREFIX)))
			sweep_one(entry->d_name);
	if (dir)
		(void)closedir(dir);
}
