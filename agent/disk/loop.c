/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loop devices: attach, detach, find.  It refuses to call a device detached
 * before the kernel says so: with anybody still inside, LOOP_CLR_FD only
 * promises to do it later.
 */
#include "disk/loop.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"
#include "disk/claim.h"

#define CONTROL	 "/dev/loop-control"
#define ATTEMPTS 32

static int open_control(void)
{
	static const char *const load[] = {"modprobe", "-q", "loop", NULL};
	const struct process process = {.argv = load, .timeout_s = 30};
	int fd = open(CONTROL, O_RDWR | O_CLOEXEC);

	if (fd >= 0 || process_run(&process, NULL, NULL) != 0)
		return fd;
	return open(CONTROL, O_RDWR | O_CLOEXEC);
}

/* Between "this one is free" and taking it another may be faster. */
static int take_free(int control, const struct loop_config *config,
		     char **ret_device, struct error **err)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);
		char path[32];
		int code;
		int fd;

		if (number < 0)
			return error_set(err, ERROR_TARGET, errno,
					 "find a free loop device");
		(void)snprintf(path, sizeof(path), "/dev/loop%d", number);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return error_set(err, ERROR_TARGET, errno, "open '%s'",
					 path);
		code = ioctl(fd, LOOP_CONFIGURE, config) < 0 ? errno : 0;
		(void)close(fd);
		if (code && code != EBUSY)
			return error_set(err, ERROR_TARGET, code, "set up '%s'",
					 path);
		if (!code) {
			*ret_device = strdup(path);
			return *ret_device ? 0 : error_memory(err);
		}
	}
	return error_set(err, ERROR_TARGET, EBUSY, "find a free loop device");
}

static int attach(const char *backing, struct loop_config *config,
		  bool read_only, char **ret_device, struct error **err)
{
	int control = -1;
	int fd = open(backing, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'",
				 backing);
	control = open_control();
	if (control < 0) {
		r = error_set(err, ERROR_TARGET, ENOTSUP,
			      "this kernel has no loop devices "
			      "(modprobe loop)");
		goto out;
	}
	config->fd = (uint32_t)fd;
	(void)snprintf((char *)config->info.lo_file_name,
		       sizeof(config->info.lo_file_name), "%s", backing);
	r = take_free(control, config, ret_device, err);
out:
	if (control >= 0)
		(void)close(control);
	(void)close(fd);
	return r;
}

int loop_attach(const char *backing, uint32_t block, bool scan,
		char **ret_device, struct error **err)
{
	struct loop_config config = {.block_size = block};

	if (scan)
		config.info.lo_flags = LO_FLAGS_PARTSCAN | LO_FLAGS_DIRECT_IO;
	return attach(backing, &config, false, ret_device, err);
}

int loop_look(const char *image, uint32_t block, char **ret_device,
	      struct error **err)
{
	struct loop_config config = {
		.block_size = block,
		.info.lo_flags = LO_FLAGS_PARTSCAN | LO_FLAGS_READ_ONLY,
	};

	return attach(image, &config, true, ret_device, err);
}

static void rest_a_little(void)
{
	const struct timespec tenth = {.tv_nsec = 100000000};

	(void)nanosleep(&tenth, NULL);
}

static int say_busy(const char *device, struct error **err)
{
	char *who = NULL;
	int r;

	if (claim_user(device, &who, NULL) < 0)
		who = NULL;
	r = error_set(err, ERROR_TARGET, EBUSY, "'%s' is %s", device,
		      who ? who : "still in use");
	free(who);
	return r;
}

/* Exclusive: fails as long as it or a partition of it is mounted or held. */
static int open_alone(const char *device, double deadline, int flags,
		      int *ret_fd, struct error **err)
{
	for (;;) {
		int fd = open(device, flags | O_EXCL | O_CLOEXEC);

		if (fd >= 0) {
			*ret_fd = fd;
			return 0;
		}
		if (errno != EBUSY)
			return error_set(err, ERROR_TARGET, errno, "open '%s'",
					 device);
		if (io_seconds() >= deadline)
			return say_busy(device, err);
		rest_a_little();
	}
}

static bool is_attached(const char *device)
{
	struct loop_info64 info;
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	bool attached;

	if (fd < 0)
		return false;
	attached = ioctl(fd, LOOP_GET_STATUS64, &info) == 0;
	(void)close(fd);
	return attached;
}

static int detach(const char *device, double deadline, bool flush,
		  struct error **err)
{
	int fd = -1;
	int r = open_alone(device, deadline, flush ? O_RDWR : O_RDONLY, &fd,
			   err);

	if (r < 0)
		return r;
	if (flush && (fsync(fd) < 0 || ioctl(fd, BLKFLSBUF, 0) < 0)) {
		r = error_set(err, ERROR_TARGET, errno, "flush '%s'", device);
		(void)close(fd);
		return r;
	}
	r = ioctl(fd, LOOP_CLR_FD, 0) < 0 ? -errno : 0;
	(void)close(fd);
	if (r < 0)
		return error_set(err, ERROR_TARGET, -r, "detach '%s'", device);
	while (is_attached(device)) {
		if (io_seconds() >= deadline)
			return say_busy(device, err);
		rest_a_little();
	}
	return 0;
}

int loop_detach(const char *device, double deadline, struct error **err)
{
	return detach(device, deadline, true, err);
}

int loop_drop(const char *device, double deadline, struct error **err)
{
	return detach(device, deadline, false, err);
}

int loop_find(const char *backing, char **ret_device, struct error **err)
{
	struct dirent *entry;
	DIR *dir = opendir("/sys/block");
	int r = 1;

	if (!dir)
		return error_set(err, ERROR_TARGET, errno, "open /sys/block");
	while (r == 1 && (entry = readdir(dir))) {
		char path[320];
		char *file;

		if (strncmp(entry->d_name, "loop", 4) != 0)
			continue;
		(void)snprintf(path, sizeof(path),
			       "/sys/block/%s/loop/backing_file",
			       entry->d_name);
		file = io_read_line(path);
		if (file && strcmp(file, backing) == 0) {
			r = 0;
			if (asprintf(ret_device, "/dev/%s", entry->d_name) < 0)
				r = error_memory(err);
		}
		free(file);
	}
	(void)closedir(dir);
	return r;
}
