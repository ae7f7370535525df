/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One variable of the firmware that bounds the hand-over: which job's disk was
 * tried last, and how often without its system having run.  Whatever it holds
 * that is not ours in every byte counts as nothing.
 */
#include "boot/attempt.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define NAME	     "LanderHandover-3ff00f5e-5a3c-4b8e-9b0c-6c616e646572"
#define ATTRIBUTES   "\7\0\0\0" /* non-volatile, boot services, run time */
#define PREFIX_BYTES 4
#define VALUE_BYTES  128

const char attempt_directory[] = "/sys/firmware/efi/efivars";

static int format(const struct attempt *attempt, char *buf, size_t room)
{
	char hex[33];

	for (size_t i = 0; i < sizeof(attempt->mark); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", attempt->mark[i]);
	memcpy(buf, ATTRIBUTES, PREFIX_BYTES);
	return PREFIX_BYTES + snprintf(buf + PREFIX_BYTES, room - PREFIX_BYTES,
				       "1 %s %s %u", attempt->job, hex,
				       attempt->count);
}

static ssize_t read_variable(const char *path, char *buf, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, room);

	if (fd >= 0)
		(void)close(fd);
	return n;
}

void attempt_read(const char *directory, const char *job,
		  const uint8_t mark[16], unsigned int *ret_count)
{
	struct attempt attempt = {0};
	char want[VALUE_BYTES];
	char have[VALUE_BYTES];
	char path[256];
	ssize_t n;

	*ret_count = 0;
	(void)snprintf(path, sizeof(path), "%s/%s", directory, NAME);
	n = read_variable(path, have, sizeof(have));
	(void)snprintf(attempt.job, sizeof(attempt.job), "%s", job);
	memcpy(attempt.mark, mark, sizeof(attempt.mark));
	for (attempt.count = 1; attempt.count < 10; attempt.count++)
		if (n == format(&attempt, want, sizeof(want)) &&
		    !memcmp(have, want, (size_t)n))
			*ret_count = attempt.count;
}

/* Variables of foreign GUIDs can't be changed before this flag is gone. */
static void make_mutable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int flags = 0;

	if (fd < 0)
		return;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 &&
	    flags & FS_IMMUTABLE_FL) {
		flags &= ~FS_IMMUTABLE_FL;
		(void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	(void)close(fd);
}

int attempt_write(const char *directory, const struct attempt *attempt,
		  struct error **err)
{
	char value[VALUE_BYTES];
	char again[VALUE_BYTES];
	char path[256];
	int length = format(attempt, value, sizeof(value));
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, NAME);
	make_mutable(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno,
				 "the firmware's variable " NAME);
	n = write(fd, value, (size_t)length);
	if (n != length) {
		int code = n < 0 ? errno : EIO;

		(void)close(fd);
		return error_set(err, ERROR_TARGET, code,
				 "write the firmware's variable " NAME);
	}
	(void)close(fd);
	if (read_variable(path, again, sizeof(again)) != length ||
	    memcmp(again, value, (size_t)length) != 0)
		return error_set(
			err, ERROR_TARGET, 0,
			"the firmware did not keep its variable " NAME);
	return 0;
}
