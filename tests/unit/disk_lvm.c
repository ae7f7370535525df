/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lvm prints is not believed: names are checked, incomplete groups left
 * out.  A script of this test stands in for lvm, because the real one never
 * prints such things; what the real one does is in disk_stage.c.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/lvm.h"
#include "disk_scratch.h"

static char *const devices[] = {(char *)"/dev/x1", (char *)"/dev/x2", NULL};

/* An lvm that says this, keeps its words in "words" and exits so. */
static void say(const char *text, int status)
{
	char script[2048];

	(void)snprintf(script, sizeof(script),
		       "#!/bin/sh\nprintf '%%s\\n' \"$@\" >%s/words\n"
		       "cat <<'END'\n%s\nEND\nexit %d\n",
		       scratch, text, status);
	assert_int_equal(io_replace_file("lvm", script, strlen(script), NULL),
			 0);
	assert_int_equal(chmod("lvm", 0700), 0);
}

static int open_all(void **state)
{
	char path[PATH_MAX];

	if (scratch_open(state) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s:%s", scratch, getenv("PATH"));
	return setenv("PATH", path, 1);
}

static bool was_told(const char *word)
{
	char *text = NULL;
	bool found;

	assert_int_equal(io_read_file("words", 65536, &text, NULL, NULL), 0);
	found = strstr(text, word) != NULL;
	free(text);
	return found;
}

static void groups_are_read(void **state)
{
	char **groups = NULL;
	char **incomplete = NULL;

	(void)state;
	say("  vg0|0\n  data.vg_1+x|0", 0);
	assert_int_equal(lvm_groups(devices, &groups, &incomplete, NULL), 0);
	assert_string_equal(groups[0], "vg0");
	assert_string_equal(groups[1], "data.vg_1+x");
	assert_null(groups[2]);
	lvm_free_list(groups);
	lvm_free_list(incomplete);
	/* It sees these devices and no other. */
	assert_true(was_told("--devices\n/dev/x1,/dev/x2\n"));
	assert_true(was_told("udev_sync=0"));
}

static void incomplete_and_hostile_groups_are_left_out(void **state)
{
	char **groups = NULL;
	char **incomplete = NULL;

	(void)state;
	say("  WARNING: something | else\n"
	    "  half|1\n  ../../etc|0\n  -rf|0\n  a b|0\n  $(reboot)|0\n"
	    "  .|0\n  ..|0\n  |0\n  a/b|0\n  good|0\n"
	    "  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|"
	    "0",
	    0);
	assert_int_equal(lvm_groups(devices, &groups, &incomplete, NULL), 0);
	assert_string_equal(groups[0], "good");
	assert_string_equal(incomplete[0], "half");
	assert_null(incomplete[1]);
	assert_null(groups[1]);
	lvm_free_list(groups);
	lvm_free_list(incomplete);
}

static void no_groups(void **state)
{
	char **groups = NULL;
	char **incomplete = NULL;

	(void)state;
	say("", 0);
	assert_int_equal(lvm_groups(devices, &groups, &incomplete, NULL), 0);
	assert_null(groups);
	lvm_free_list(groups);
	lvm_free_list(incomplete);
}

static void a_failing_lvm_is_an_error(void **state)
{
	struct error *err = NULL;
	char **groups = NULL;
	char **incomplete = NULL;
	char **paths = NULL;

	(void)state;
	say("  it broke", 5);
	assert_true(lvm_groups(devices, &groups, &incomplete, &err) < 0);
	assert_int_equal(err->kind, ERROR_TARGET);
	assert_non_null(strstr(err->msg, "it broke"));
	error_clear(&err);
	assert_true(lvm_volumes(devices, "vg0", &paths, &err) < 0);
	error_clear(&err);
	assert_true(lvm_deactivate(devices, "vg0", &err) < 0);
	error_clear(&err);
	/* One thin pool that can't be: the rest is there. */
	assert_int_equal(lvm_activate(devices, "vg0", false, &err), 0);
	assert_null(err);
}

static void volumes_are_read(void **state)
{
	char **paths = NULL;

	(void)state;
	say("  /dev/mapper/vg0-root|-wi-a-----|active\n"
	    "  /dev/mapper/vg0-off|-wi-------|\n"
	    "  /dev/mapper/vg0-snap|swi-a-s---|active\n"
	    "  /dev/mapper/vg0-pool|twi-aotz--|active\n"
	    "  /dev/mapper/vg0-thin|Vwi-a-tz--|active\n"
	    "  /dev/mapper/../sda|-wi-a-----|active\n"
	    "  /dev/sda|-wi-a-----|active\n"
	    "  /dev/mapper/a b|-wi-a-----|active\n",
	    0);
	assert_int_equal(lvm_volumes(devices, "vg0", &paths, NULL), 0);
	assert_string_equal(paths[0], "/dev/mapper/vg0-root");
	assert_string_equal(paths[1], "/dev/mapper/vg0-thin");
	assert_null(paths[2]);
	lvm_free_list(paths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_read),
		cmocka_unit_test(incomplete_and_hostile_groups_are_left_out),
		cmocka_unit_test(no_groups),
		cmocka_unit_test(a_failing_lvm_is_an_error),
		cmocka_unit_test(volumes_are_read),
	};

	return cmocka_run_group_tests(tests, open_all, scratch_close);
}
