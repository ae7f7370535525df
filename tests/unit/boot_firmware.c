/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boot entries, by the real efibootmgr; the firmware's variables are files in a
 * directory, as efivarfs shows them. */
#include <sys/stat.h>

#include "base/error.h"
#include "boot/firmware.h"
#include "disk_scratch.h"

#define PARTUUID "11111111-2222-4333-8444-555555555555"

static char device[64];
static struct firmware_entry entry = {.disk = device,
				      .esp = 1,
				      .partuuid = PARTUUID,
				      .loader = "\\EFI\\debian\\shimx64.efi"};

/* An empty firmware and a disk; false where there are no loop devices. */
static bool begin(void)
{
	char path[PATH_MAX];
	const char *argv[] = {"sh", "-ec", "rm -rf vars; mkdir vars", NULL};

	assert_true(scratch_run(NULL, argv));
	assert_non_null(getcwd(path, sizeof(path) - 8));
	(void)strcat(path, "/vars/");
	assert_int_equal(setenv("EFIVARFS_PATH", path, 1), 0);
	assert_int_equal(setenv("LIBEFIVAR_OPS", "efivarfs", 1), 0);
	scratch_file("disk", (uint64_t)16 << 20);
	scratch_table("disk", 512,
		      "label: gpt\nsize=8M, type=U, uuid=" PARTUUID "\n");
	return scratch_loop("disk", 512, device, sizeof(device));
}

/* A plain file keeps its end when less is written to it, a variable does not:
 * numbers that come twice are left over. */
static void is_order(const char *want)
{
	char condition[512];
	const char *argv[] = {"sh", "-ec", condition, NULL};

	(void)snprintf(condition, sizeof(condition),
		       "have=$(efibootmgr | sed -n 's/^BootOrder: //p' | "
		       "tr , '\\n' | awk '!seen[$0]++' | paste -sd, -); "
		       "echo \"$have\"; test \"$have\" = '%s'",
		       want);
	assert_true(scratch_run(NULL, argv));
}

static bool is(const char *condition)
{
	const char *argv[] = {"sh", "-ec", condition, NULL};

	return scratch_run(NULL, argv);
}

static void works(int (*set)(const struct firmware_entry *, struct error **))
{
	struct error *error = NULL;

	if (set(&entry, &error) < 0)
		fail_msg("%s", error->msg);
}

static void an_entry_is_made_once(void **state)
{
	(void)state;
	if (!begin())
		skip();
	works(firmware_keep_entry);
	is_order("0000");
	works(firmware_keep_entry);
	is_order("0000");
	assert_true(is("test \"$(ls vars | grep -c '^Boot0')\" = 1"));
	assert_true(is("efibootmgr -v | grep -i 'lander: loop.*" PARTUUID
		       ".*debian.shimx64.efi'"));
	assert_false(is("efibootmgr | grep BootNext"));
	scratch_unloop(device);
}

/* An entry of the owner's, first in the order. */
static void own(const char *loader, const char *label)
{
	const char *argv[] = {"efibootmgr", "-q", "-c",	 "-d", device, "-p",
			      "1",	    "-L", label, "-l", loader, NULL};

	assert_true(scratch_run(NULL, argv));
}

static void the_owners_order_stays(void **state)
{
	(void)state;
	if (!begin())
		skip();
	own("\\one.efi", "one");
	own("\\two.efi", "lander and more");
	is_order("0001,0000");
	works(firmware_boot_next);
	is_order("0001,0000,0002");
	assert_true(is("efibootmgr | grep 'BootNext: 0003'"));
	/* Taken out by the owner, it stays out. */
	assert_true(is("efibootmgr -q -O; "
		       "efibootmgr -q --bootorder 0000,0001"));
	works(firmware_boot_next);
	is_order("0000,0001");
	assert_true(is("test \"$(ls vars | grep -c '^Boot0')\" = 4"));
	scratch_unloop(device);
}

/* Of an earlier copy: another loader there, and a partition that is gone. */
static void an_old_one_is_replaced(void **state)
{
	(void)state;
	if (!begin())
		skip();
	own("\\owner.efi", "owner");
	own("\\EFI\\BOOT\\BOOTX64.EFI", "lander: vdz");
	is_order("0001,0000");
	works(firmware_keep_entry);
	is_order("0000,0001");
	assert_false(is("efibootmgr | grep vdz"));
	assert_true(is("efibootmgr | grep owner"));
	scratch_table("disk", 512,
		      "label: dos\nlabel-id: 0x1a2b3c4d\n"
		      "size=4M, type=83\nsize=8M, type=ef\n");
	assert_true(is("losetup -d \"$(losetup -nO NAME -j disk)\""));
	assert_true(scratch_loop("disk", 512, device, sizeof(device)));
	entry.partuuid = "1a2b3c4d-02";
	entry.esp = 2;
	works(firmware_keep_entry);
	works(firmware_keep_entry);
	is_order("0000,0001");
	assert_true(is("efibootmgr -v | grep 'lander: .*MBR,0x1a2b3c4d'"));
	assert_true(is("test \"$(ls vars | grep -c '^Boot0')\" = 2"));
	entry.partuuid = PARTUUID;
	entry.esp = 1;
	scratch_unloop(device);
}

/* No memory for variables is left: an error that says so. */
static void a_full_firmware_is_told(void **state)
{
	struct error *error = NULL;

	(void)state;
	if (!begin())
		skip();
	assert_true(is("mount -t tmpfs -o size=4k vars vars; "
		       "head -c 4096 /dev/zero >vars/full || :"));
	assert_true(firmware_keep_entry(&entry, &error) < 0);
	assert_int_equal(error->kind, ERROR_TARGET);
	print_message("%s\n", error->msg);
	error_free(error);
	error = NULL;
	assert_true(firmware_boot_next(&entry, &error) < 0);
	error_free(error);
	assert_true(is("umount vars"));
	scratch_unloop(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_made_once),
		cmocka_unit_test(the_owners_order_stays),
		cmocka_unit_test(an_old_one_is_replaced),
		cmocka_unit_test(a_full_firmware_is_told),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
