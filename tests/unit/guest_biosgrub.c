/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot code for BIOS by the copied system's own installer, which is a script of
 * a few words here; vm/convert-loader runs a real one. */
#include "base/error.h"
#include "guest/biosgrub.h"
#include "guest/convert.h"
#include "guest/stagename.h"
#include "guest_tree.h"

/* The tools that a script needs, and an installer that tells its words. */
#define SYSTEM                                                               \
	"mkdir -p usr/bin usr/sbin usr/lib64 dev proc sys run boot/grub "    \
	"boot/grub/i386-pc var/tmp etc tmp\n"                                \
	"ln -s usr/bin bin; ln -s usr/sbin sbin; ln -s usr/lib64 lib64\n"    \
	"for p in /bin/sh; do cp -L $p usr/bin/; ldd $p | "                  \
	"grep -o '/lib[^ ]*' | while read -r l; do "                         \
	"mkdir -p ./$(dirname $l); cp -L $l ./$l; done; done\n"              \
	"cat >usr/sbin/grub2-install <<'E'\n"                                \
	"#!/bin/sh -e\n"                                                     \
	"echo \"$*\" >/boot/grub/words\n"                                    \
	"test ! -e /fail || { echo no room for core.img >&2; exit 1; }\n"    \
	"test ! -e /map || echo '(hd0) /dev/loop7' >/boot/grub/device.map\n" \
	"E\n"                                                                \
	"chmod +x usr/sbin/grub2-install\n"

/* GRUB's boot.img says so, and core.img is at sector 1. */
static void make_disk(bool core)
{
	char boot[512] = {0};

	memcpy(boot + 0x180, "GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n", 34);
	boot[0x5c] = 1;
	scratch_file("disk", (uint64_t)16 << 20);
	scratch_table("disk", 512, "label: dos\nstart=2048\n");
	scratch_put("disk", boot, 440, 0);
	if (core)
		scratch_put("disk", "core", 4, 512);
}

static struct convert convert = {
	.root = "guest", .boot_disk = "disk", .disks = 1};

static int run(void)
{
	struct error *error = NULL;
	int r;

	steps_free(&convert.steps);
	convert.ran = false;
	r = biosgrub_convert(&convert, &error);
	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("%s\n", error->msg);
		error_free(error);
	}
	guest_stayed_inside();
	return r;
}

static bool was_run(void)
{
	return guest_is("grep -qx -- '--target=i386-pc --recheck --no-floppy "
			"disk' guest/boot/grub/words");
}

static void what_works_is_left(void **state)
{
	(void)state;
	guest_make(SYSTEM "echo x >boot/grub/i386-pc/core.img\n");
	make_disk(true);
	assert_int_equal(run(), 0);
	assert_int_equal(convert.steps.count, 0);
	assert_false(was_run());
	/* Not here. */
	make_disk(false);
	convert.uefi = true;
	assert_int_equal(run(), 0);
	assert_false(was_run());
	convert.uefi = false;
}

static void what_is_lost_is_installed(void **state)
{
	(void)state;
	guest_make(SYSTEM "echo x >boot/grub/i386-pc/core.img\n");
	make_disk(false);
	assert_int_equal(run(), 0);
	assert_true(was_run());
	assert_int_equal(convert.steps.step[0].outcome, STEP_DONE);
	assert_true(convert.ran);
	assert_int_equal(stagename_convert(&convert, NULL), 0);
	/* It fails: told. */
	assert_true(guest_is("touch guest/fail"));
	assert_int_equal(run(), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_FAILED);
	assert_non_null(
		strstr(convert.steps.step[0].text, "no room for core.img"));
}

static void what_was_asked_for_is_done(void **state)
{
	(void)state;
	convert.reinstall = true;
	guest_make(SYSTEM);
	make_disk(true);
	assert_int_equal(run(), 0);
	assert_true(was_run());
	assert_true(guest_is("touch guest/fail"));
	assert_true(run() < 0);
	assert_true(guest_is("rm guest/usr/sbin/grub2-install"));
	assert_true(run() < 0);
	convert.reinstall = false;
}

/* The names of our devices mean nothing on the next start. */
static void our_names_stop_it(void **state)
{
	struct error *error = NULL;

	(void)state;
	convert.reinstall = true;
	guest_make(SYSTEM "touch map\n");
	make_disk(true);
	assert_int_equal(run(), 0);
	assert_true(stagename_convert(&convert, &error) < 0);
	assert_non_null(strstr(error->msg, "/boot/grub/device.map"));
	error_free(error);
	/* What was there before any program ran is the guest's own. */
	convert.ran = false;
	assert_int_equal(stagename_convert(&convert, NULL), 0);
	steps_free(&convert.steps);
	convert.reinstall = false;
}

static void names(void **state)
{
	(void)state;
	assert_true(stagename_in("root=/dev/loop2p1 ro", 20));
	assert_true(stagename_in("x lander-stage-vda", 18));
	assert_false(stagename_in("/dev/loop-control /dev/loop", 27));
	assert_false(stagename_in("/dev/loop1", 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_works_is_left),
		cmocka_unit_test(what_is_lost_is_installed),
		cmocka_unit_test(what_was_asked_for_is_done),
		cmocka_unit_test(our_names_stop_it),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
