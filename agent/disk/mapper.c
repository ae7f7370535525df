/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Device-mapper devices by name.  It never waits for udev's word (a cookie
 * that nobody takes would be waited for without end), and it keeps what
 * libdevmapper says out of the console.
 */
#include "disk/mapper.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libdevmapper.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/process.h"

#define DRIVER "/sys/class/misc/device-mapper"

/* Our own node in /dev/mapper, and no links of udev: they are to point to the
 * loop device on top, which shows the same bytes. */
#define UDEV_FLAGS                              \
	(DM_UDEV_DISABLE_DM_RULES_FLAG |        \
	 DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG | \
	 DM_UDEV_DISABLE_DISK_RULES_FLAG | DM_UDEV_DISABLE_OTHER_RULES_FLAG)

static void keep_quiet(int level, const char *file, int line, int code,
		       const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void keep_quiet(int level, const char *file, int line, int code,
		       const char *fmt, ...)
{
	char text[256];
	va_list ap;

	(void)file;
	(void)line;
	(void)code;
	if ((level & 7) > 4)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_debug("disk", "libdevmapper: %s", text);
}

static int need_driver(struct error **err)
{
	static const char *const load[] = {"modprobe", "-q", "dm-mod", NULL};
	const struct process process = {.argv = load, .timeout_s = 30};

	if (access(DRIVER, F_OK) < 0 &&
	    (process_run(&process, NULL, NULL) != 0 ||
	     access(DRIVER, F_OK) < 0))
		return error_set(err, ERROR_TARGET, ENOTSUP,
				 "this kernel has no device-mapper");
	dm_log_with_errno_init(keep_quiet);
	(void)dm_udev_set_sync_support(0);
	return 0;
}

static int add_piece(struct dm_task *task, const struct mapper_piece *piece,
		     uint64_t at, struct error **err)
{
	char table[64];
	struct stat st;

	if (stat(piece->device, &st) < 0)
		return error_set(err, ERROR_TARGET, errno, "'%s'",
				 piece->device);
	(void)snprintf(table, sizeof(table), "%u:%u %" PRIu64,
		       major(st.st_rdev), minor(st.st_rdev), piece->start >> 9);
	if (!dm_task_add_target(task, at >> 9, piece->length >> 9, "linear",
				table))
		return error_memory(err);
	return 0;
}

/* Runs a task; the errno of its ioctl. */
static int run(struct dm_task *task, const char *what, const char *name,
	       struct error **err)
{
	uint32_t cookie = 0;
	int code;

	(void)dm_task_set_cookie(task, &cookie, UDEV_FLAGS);
	(void)dm_task_no_open_count(task);
	if (dm_task_run(task))
		return 0;
	code = dm_task_get_errno(task);
	return error_set(err, ERROR_TARGET, code ? code : EIO, "%s '%s'", what,
			 name);
}

/* Makes or removes the nodes that are due, and closes the control device, which
 * the library keeps open and without close-on-exec: no child
 * of ours is to have it. */
static void finish(struct dm_task *task)
{
	if (task)
		dm_task_destroy(task);
	dm_lib_release();
}

/* A device that is being made; to finish(). */
static int begin(const char *name, bool read_only, struct dm_task **ret_task,
		 struct error **err)
{
	int r = need_driver(err);

	if (r < 0)
		return r;
	*ret_task = dm_task_create(DM_DEVICE_CREATE);
	if (!*ret_task || !dm_task_set_name(*ret_task, name) ||
	    !dm_task_set_add_node(*ret_task, DM_ADD_NODE_ON_CREATE) ||
	    (read_only && !dm_task_set_ro(*ret_task)))
		return error_memory(err);
	return 0;
}

int mapper_create(const char *name, const struct mapper_piece *piece,
		  size_t count, bool read_only, struct error **err)
{
	struct dm_task *task = NULL;
	uint64_t at = 0;
	int r = begin(name, read_only, &task, err);

	for (size_t i = 0; i < count && r == 0; i++) {
		r = add_piece(task, &piece[i], at, err);
		at += piece[i].length;
	}
	if (r == 0)
		r = run(task, "map", name, err);
	finish(task);
	return r;
}

int mapper_snapshot(const char *name, const char *origin, const char *store,
		    uint64_t length, struct error **err)
{
	struct dm_task *task = NULL;
	char table[80];
	struct stat st[2];
	int r;

	if (stat(origin, &st[0]) < 0 || stat(store, &st[1]) < 0)
		return error_set(err, ERROR_TARGET, errno, "'%s' or '%s'",
				 origin, store);
	/* N: what is where is known to this kernel only. */
	(void)snprintf(table, sizeof(table), "%u:%u %u:%u N %u",
		       major(st[0].st_rdev), minor(st[0].st_rdev),
		       major(st[1].st_rdev), minor(st[1].st_rdev),
		       MAPPER_CHUNK >> 9);
	r = begin(name, false, &task, err);
	if (r == 0 &&
	    !dm_task_add_target(task, 0, length >> 9, "snapshot", table))
		r = error_memory(err);
	if (r == 0)
		r = run(task, "map", name, err);
	finish(task);
	return r;
}

int mapper_status(const char *name, char **ret_text, struct error **err)
{
	struct dm_task *task = NULL;
	uint64_t start;
	uint64_t length;
	char *type = NULL;
	char *text = NULL;
	int r = need_driver(err);

	if (r < 0)
		return r;
	task = dm_task_create(DM_DEVICE_STATUS);
	if (!task || !dm_task_set_name(task, name))
		r = error_memory(err);
	else
		r = run(task, "status of", name, err);
	if (r == 0) {
		(void)dm_get_next_target(task, NULL, &start, &length, &type,
					 &text);
		*ret_text = strdup(text ? text : "");
		r = *ret_text ? 0 : error_memory(err);
	}
	finish(task);
	return r;
}

static int try_remove(const char *name, struct error **err)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_REMOVE);
	int r;

	if (!task || !dm_task_set_name(task, name))
		r = error_memory(err);
	else
		r = run(task, "unmap", name, err);
	finish(task);
	return r;
}

int mapper_remove(const char *name, double deadline, struct error **err)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	int r = need_driver(err);

	while (r == 0) {
		struct error *why = NULL;

		r = try_remove(name, &why);
		if (r != -EBUSY || io_seconds() >= deadline) {
			if (r < 0 && err)
				*err = why;
			else
				error_free(why);
			break;
		}
		error_free(why);
		(void)nanosleep(&tenth, NULL);
		r = 0;
	}
	return r;
}

int mapper_rename(const char *name, const char *fresh, struct error **err)
{
	struct dm_task *task = NULL;
	int r = need_driver(err);

	if (r < 0)
		return r;
	task = dm_task_create(DM_DEVICE_RENAME);
	if (!task || !dm_task_set_name(task, name) ||
	    !dm_task_set_newname(task, fresh))
		r = error_memory(err);
	else
		r = run(task, "rename", name, err);
	finish(task);
	return r;
}

int mapper_next(const char *prefix, char **ret_name, char **ret_device,
		struct error **err)
{
	struct dirent *entry;
	DIR *dir = opendir("/sys/block");
	int r = 1;

	if (!dir)
		return error_set(err, ERROR_TARGET, errno, "open /sys/block");
	while (r == 1 && (entry = readdir(dir))) {
		char path[300];
		char *name;

		if (strncmp(entry->d_name, "dm-", 3) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "/sys/block/%s/dm/name",
			       entry->d_name);
		name = io_read_line(path);
		if (!name || strncmp(name, prefix, strlen(prefix)) != 0) {
			free(name);
			continue;
		}
		r = 0;
		if (asprintf(ret_device, "/dev/%s", entry->d_name) < 0) {
			free(name);
			r = error_memory(err);
			break;
		}
		*ret_name = name;
	}
	(void)closedir(dir);
	return r;
}
