/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File systems as a power cut leaves them, and what the real tools make of
 * them; the judge is the tool itself, asked whether anything is wrong.
 */
#include "base/error.h"
#include "disk/fsck.h"
#include "disk_scratch.h"

static int sh(const char *command)
{
	const char *argv[] = {"sh", "-c", command, NULL};
	const struct process process = {.argv = argv};

	return process_run(&process, NULL, NULL);
}

/* Broken by this command, it is wrong for its tool, is mended once, and is
 * whole then. */
static void mends(const char *fs, const char *break_it, const char *ask)
{
	struct error *err = NULL;
	int r;

	assert_int_equal(fsck_device("image", fs, NULL, NULL), 0);
	assert_int_equal(sh(break_it), 0);
	assert_int_not_equal(sh(ask), 0);
	r = fsck_device("image", fs, NULL, &err);
	if (r < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(r, 1);
	assert_int_equal(sh(ask), 0);
	assert_int_equal(fsck_device("image", fs, NULL, NULL), 0);
}

/* A name whose clusters are free, as it was seen after a cut: the first three
 * entries of both tables are left. */
static void a_fat(void **state)
{
	(void)state;
	scratch_file("image", 40U << 20);
	assert_int_equal(sh("mkfs.vfat -F 32 image && echo some >file && "
			    "mcopy -i image file ::/file"),
			 0);
	mends("vfat",
	      "set -e; sectors=$(minfo -i image | "
	      "sed -n 's/^Big fatlen=\\([0-9]*\\)$/\\1/p'); "
	      "for fat in 32 $((32 + sectors)); do "
	      "dd if=/dev/zero of=image bs=4 seek=$((fat * 128 + 3)) count=9 "
	      "conv=notrunc; done",
	      "fsck.vfat -n image");
	assert_int_equal(sh("mdir -i image ::/file"), 0);
}

static void an_ext_without_a_journal(void **state)
{
	(void)state;
	scratch_file("image", 8U << 20);
	assert_int_equal(sh("mkdir -p d && echo some >d/file && "
			    "mke2fs -q -t ext2 -d d image"),
			 0);
	mends("ext2",
	      "debugfs -w -R 'sif file links_count 7' image && "
	      "debugfs -w -R 'freei file' image && "
	      "debugfs -w -R 'ssv state 0' image",
	      "e2fsck -fn image");
	assert_int_equal(sh("debugfs -R 'cat file' image | grep some"), 0);
}

/* Theirs is a log. */
static void others_are_left_alone(void **state)
{
	(void)state;
	scratch_file("image", 8U << 20);
	assert_int_equal(fsck_device("image", "xfs", NULL, NULL), 0);
	assert_int_equal(fsck_device("image", "btrfs", NULL, NULL), 0);
	assert_int_equal(fsck_device("image", "swap", NULL, NULL), 0);
}

static void what_is_beyond_it_is_told(void **state)
{
	struct error *err = NULL;

	(void)state;
	scratch_file("image", 8U << 20);
	assert_int_equal(fsck_device("image", "ext4", NULL, &err), -EIO);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_non_null(strstr(err->msg, "e2fsck exited with 8: "));
	error_clear(&err);
	assert_int_equal(fsck_device("image", "vfat", NULL, &err), -EIO);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_non_null(strstr(err->msg, "fsck.vfat exited with "));
	error_clear(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fat),
		cmocka_unit_test(an_ext_without_a_journal),
		cmocka_unit_test(others_are_left_alone),
		cmocka_unit_test(what_is_beyond_it_is_told),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
