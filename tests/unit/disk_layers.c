/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a volume is put together with, as the kernel shows it.  Needs a kernel
 * with device-mapper and MD; the VM tests run it in the live system.
 */
#include "disk/layers.h"
#include "disk_scratch.h"

static char device[32];

static bool shell(const char *script)
{
	const char *argv[] = {"sh", "-ec", script, device, NULL};

	return scratch_run(NULL, argv);
}

static void nothing_there(void **state)
{
	char *level = NULL;

	(void)state;
	assert_int_equal(layers_read("/dev/nothing", &level), 0);
	assert_null(level);
	assert_int_equal(layers_read("/dev/null", &level), 0);
	assert_null(level);
}

/* Names are the owner's; what a mapped device is stands in its UUID. */
static void each_and_all(void **state)
{
	char *level = NULL;

	(void)state;
	if (access("/sys/class/misc/device-mapper", F_OK) < 0) {
		print_message("this kernel has no device-mapper\n");
		skip();
	}
	scratch_file("disk", 32 << 20);
	if (!scratch_loop("disk", 512, device, sizeof(device)))
		skip();
	assert_int_equal(layers_read(device, &level), 0);
	assert_true(shell(
		"modprobe raid1\n"
		"yes | mdadm -q --create /dev/md78 -l 1 -n 2 --assume-clean "
		"--metadata=1.2 $0 missing\n"
		"udevadm settle\n"
		"dmsetup create t-lvm --uuid LVM-a --table "
		"\"0 4096 linear /dev/md78 0\"\n"
		"dmsetup create t-box --uuid CRYPT-LUKS2-b --table "
		"\"0 4096 linear /dev/mapper/t-lvm 0\"\n"
		"dmsetup create t-plain --uuid other --table "
		"\"0 2048 linear /dev/mapper/t-box 0\"\n"
		"dmsetup mknodes\n"));
	assert_int_equal(layers_read("/dev/md78", &level), LAYERS_MD);
	assert_string_equal(level, "raid1");
	free(level);
	assert_int_equal(layers_read("/dev/mapper/t-lvm", &level),
			 LAYERS_MD | LAYERS_LVM);
	free(level);
	assert_int_equal(layers_read("/dev/mapper/t-plain", &level),
			 LAYERS_MD | LAYERS_LVM | LAYERS_LUKS);
	assert_string_equal(level, "raid1");
	free(level);
	assert_true(shell("udevadm settle; dmsetup remove t-plain\n"
			  "dmsetup remove t-box; dmsetup remove t-lvm\n"
			  "mdadm -q --stop /dev/md78"));
	scratch_unloop(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(each_and_all),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
