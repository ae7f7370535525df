/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mounting what is on the disks.  It refuses file systems it was not told
 * about, and a read-only mount never replays a journal: looking must not
 * write.
 */
#include "disk/mount.h"

#include <sys/mount.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/log.h"

#define MOUNTS	 "/run/lander/mount/"
#define PATIENCE 10.0 /* seconds for a busy mount */

/* What may be mounted: the driver, and the options that keep it from writing
 * when it is mounted read-only (ext4(5), xfs(5), btrfs(5)). */
static const struct {
	const char *fs;
	const char *driver;
	const char *look;
	const char *work;
} driver[] = {
	{"ext2", "ext4", "noload", ""},
	{"ext3", "ext4", "noload", ""},
	{"ext4", "ext4", "noload", ""},
	{"xfs", "xfs", "norecovery,nouuid", "nouuid"},
	{"btrfs", "btrfs", "rescue=nologreplay", ""},
	{"vfat", "vfat", "", ""},
	{"ntfs", "ntfs3", "", ""},
	{"iso9660", "iso9660", "", ""},
};

#define DRIVERS (sizeof(driver) / sizeof(driver[0]))

static size_t find_driver(const char *fs)
{
	size_t i = 0;

	while (i < DRIVERS && strcmp(driver[i].fs, fs) != 0)
		i++;
	return i;
}

/* Retried for a moment: udev rereads a partition table that was written to,
 * and a node is away while it does. */
static int mount_at(const char *device, const char *directory, size_t which,
		    const char *more, bool read_only)
{
	unsigned long flags =
		read_only ? MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
			  : MS_NOATIME;
	const char *own = read_only ? driver[which].look : driver[which].work;
	char options[512];

	if ((size_t)snprintf(options, sizeof(options), "%s%s%s", own,
			     *own && more ? "," : "",
			     more ? more : "") >= sizeof(options))
		return -ENAMETOOLONG;

	for (int attempt = 0;; attempt++) {
		const struct timespec tenth = {.tv_nsec = 100000000};

		if (mount(device, directory, driver[which].driver, flags,
			  options) == 0)
			return 0;
		if ((errno != ENOENT && errno != ENXIO) || attempt == 20)
			return -errno;
		(void)nanosleep(&tenth, NULL);
	}
}

int mount_open_with(const char *device, const char *fs, const char *more,
		    bool read_only, char **ret_directory, struct error **err)
{
	size_t which = find_driver(fs);
	char *directory;
	int r;

	if (which == DRIVERS)
		return error_set(err, ERROR_CONVERT, EOPNOTSUPP,
				 "mount '%s' (%s)", device, fs);
	directory = strdup(MOUNTS "XXXXXX");
	if (!directory)
		return error_memory(err);
	r = io_make_parents(directory, err);
	if (r < 0)
		goto out;
	if (!mkdtemp(directory)) {
		r = error_set(err, ERROR_TARGET, errno,
			      "make a directory in " MOUNTS);
		goto out;
	}
	r = mount_at(device, directory, which, more, read_only);
	if (r < 0) {
		(void)rmdir(directory);
		r = error_set(err, ERROR_CONVERT, -r, "mount '%s' (%s)", device,
			      fs);
		goto out;
	}
	*ret_directory = directory;
	return 0;
out:
	free(directory);
	return r;
}

int mount_there(const char *device, const char *fs, const char *more,
		const char *directory, struct error **err)
{
	size_t which = find_driver(fs);
	int r = which == DRIVERS
			? -EOPNOTSUPP
			: mount_at(device, directory, which, more, false);

	return r < 0 ? error_set(err, ERROR_TARGET, -r, "mount '%s' (%s)",
				 device, fs)
		     : 0;
}

int mount_open(const char *device, const char *fs, bool read_only,
	       char **ret_directory, struct error **err)
{
	return mount_open_with(device, fs, NULL, read_only, ret_directory, err);
}

int mount_close(char *directory, struct error **err)
{
	const struct timespec tenth = {.tv_nsec = 100000000};
	double deadline = io_seconds() + PATIENCE;
	int r = 0;

	if (!directory)
		return 0;
	while (umount2(directory, 0) < 0) {
		if (errno != EBUSY || io_seconds() >= deadline) {
			r = error_set(err, ERROR_CONVERT, errno, "unmount '%s'",
				      directory);
			break;
		}
		(void)nanosleep(&tenth, NULL);
	}
	if (r == 0)
		(void)rmdir(directory);
	free(directory);
	return r;
}

void mount_sweep(void)
{
	char *text = NULL;
	char *end;

	if (io_read_file("/proc/self/mountinfo", 16 << 20, &text, NULL, NULL) <
	    0)
		return;
	while ((end = strrchr(text, '\n'))) {
		char *line;
		char *place;

		*end = '\0';
		line = strrchr(text, '\n');
		place = strstr(line ? line : text, " " MOUNTS);
		if (!place)
			continue;
		place++;
		place[strcspn(place, " ")] = '\0';
		if (umount2(place, 0) < 0 && umount2(place, MNT_DETACH) < 0)
			log_warn("disk", "unmount '%s': %s", place,
				 strerror(errno));
		else
			(void)rmdir(place);
	}
	free(text);
}
