/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file system that was written to when the power was cut, made whole by its
 * own tool.  The kernel mounts a FAT as it is, and makes it read-only at the
 * first name whose clusters are free; it never mends one.  This is for copies
 * that are under way, whose contents are compared later: nothing here saves a
 * file.
 */
#include "disk/fsck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/process.h"

#define TIMEOUT_S (6 * 3600) /* all of a large ext2 */

/* The word that makes it mend all without a question. */
static const struct {
	const char *fs;
	const char *tool;
	const char *mend;
} checker[] = {
	{"vfat", "fsck.vfat", "-a"},
	{"ext2", "e2fsck", "-y"},
	{"ext3", "e2fsck", "-y"},
	{"ext4", "e2fsck", "-y"},
};

#define CHECKERS (sizeof(checker) / sizeof(*checker))

/* What it found, line by line; the last one is the verdict. */
static const char *tell(char *output)
{
	const char *last = "it said nothing";
	char *rest = NULL;

	for (char *line = output ? strtok_r(output, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		log_info("fsck", "%s", line);
		last = line;
	}
	return last;
}

/* 0: all is whole. */
static int run(size_t which, const char *device, const _Atomic bool *stop,
	       bool again, struct error **err)
{
	const char *const argv[] = {checker[which].tool, checker[which].mend,
				    device, NULL};
	const struct process process = {
		.argv = argv, .timeout_s = TIMEOUT_S, .stop = stop};
	char *output = NULL;
	int r = process_run(&process, &output, err);
	const char *last = r > 0 ? tell(output) : NULL;

	if (r > 0 && again)
		r = error_set(err, ERROR_TARGET, EIO, "%s exited with %d: %s",
			      argv[0], r, last);
	free(output);
	return r;
}

/* fsck.fat says 1 whether it mended something or gave up: asked once more, it
 * has nothing to say of what is whole. */
static int check(size_t which, const char *device, const _Atomic bool *stop,
		 struct error **err)
{
	int r = run(which, device, stop, false, err);

	if (r <= 0)
		return r;
	r = run(which, device, stop, true, err);
	return r < 0 ? r : 1;
}

int fsck_device(const char *device, const char *fs, const _Atomic bool *stop,
		struct error **err)
{
	for (size_t i = 0; i < CHECKERS; i++)
		if (!strcmp(checker[i].fs, fs))
			return check(i, device, stop, err);
	return 0;
}
