/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_TESTS_DISK_SCRATCH_H
#define LANDER_TESTS_DISK_SCRATCH_H

/* A directory of its own for one test program, and small files in it.  Group
 * setup and teardown of cmocka; the program runs inside the directory. */

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/process.h"

static char scratch[] = "/tmp/lander-unit-XXXXXX";

static inline int scratch_open(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? chdir(scratch) : -1;
}

/* A case that failed leaves its loop devices: they go with their files. */
static inline int scratch_close(void **state)
{
	const char *argv[] = {"sh", "-c",
			      "losetup -nO NAME,BACK-FILE | "
			      "grep -F \"/${0##*/}/\" | cut -d' ' -f1 | "
			      "xargs -r losetup -d; rm -rf \"$0\"",
			      scratch, NULL};
	const struct process process = {.argv = argv};

	(void)state;
	return chdir("/") == 0 ? process_run(&process, NULL, NULL) : -1;
}

/* A file of this size, all hole. */
static inline void scratch_file(const char *name, uint64_t size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(close(fd), 0);
}

static inline void scratch_put(const char *name, const void *bytes,
			       size_t length, uint64_t offset)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, length, (off_t)offset),
			 (ssize_t)length);
	assert_int_equal(close(fd), 0);
}

static inline void scratch_get(const char *name, void *bytes, size_t length,
			       uint64_t offset)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, bytes, length, (off_t)offset),
			 (ssize_t)length);
	assert_int_equal(close(fd), 0);
}

/* A program with its words; its standard input may be NULL. */
static inline bool scratch_run(const char *input, const char *const *argv)
{
	const struct process process = {.argv = argv, .input = input};
	char *output = NULL;
	int r = process_run(&process, &output, NULL);

	if (r)
		print_message("%s: %d: %s\n", argv[0], r, output ? output : "");
	free(output);
	return r == 0;
}

/* sfdisk with this script on a file, sectors of this many bytes. */
static inline void scratch_table(const char *name, unsigned int sector,
				 const char *script)
{
	char size[40];
	const char *argv[] = {"sfdisk",		  "-q", size, "--no-reread",
			      "--no-tell-kernel", name, NULL};

	(void)snprintf(size, sizeof(size), "--sector-size=%u", sector);
	assert_true(scratch_run(script, argv));
}

/* The loop device that losetup gives for a file; false when it can't be had
 * here.  scratch_unloop() ends it.  Sector 0: of 512, read-only. */
static inline bool scratch_loop(const char *name, unsigned int sector,
				char *device, size_t room)
{
	char size[24];
	const char *argv[] = {
		"losetup", sector ? "-f" : "-rf", "--show", "-b", size, name,
		NULL};
	const struct process process = {.argv = argv};
	char *output = NULL;
	int r;

	(void)snprintf(size, sizeof(size), "%u", sector ? sector : 512);
	r = process_run(&process, &output, NULL);
	if (r == 0) {
		output[strcspn(output, "\n")] = '\0';
		(void)snprintf(device, room, "%s", output);
	} else {
		print_message("no loop device to be had: %s\n",
			      output ? output : "");
	}
	free(output);
	return r == 0;
}

static inline void scratch_unloop(const char *device)
{
	const char *argv[] = {"losetup", "-d", device, NULL};

	assert_true(scratch_run(NULL, argv));
}

#endif
