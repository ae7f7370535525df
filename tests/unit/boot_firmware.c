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

static void is_order(const char *want)
{
	char condition[512];
	const char *argv[] = {"sh", "-ec", condition, NULL};

	(void)snprintf(condition, sizeof(condition),
		       "have=$(efibootmgr | sed -n 's/^BootOrder: //p'); "
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
	works(firmware_keep_entry);
	is_order("");
	assert_true(is("test \"$(ls vars | grep -c '^Boot0')\" = 1"));
	assert_true(is("efibootmgr -v | grep -i 'lander: loop.*" PARTUUID
		       ".*debian.shimx64.efi'"));
	assert_false(is("efibootmgr | grep BootNext"));
	scratch_unloop(device);
}

static void the_owners_order_stays(void **state)
{
	(void)state;
	if (!begin())
		skip();
	entry.loader = "\\owner.efi";
	works(firmware_keep_entry);
	assert_true(is("efibootmgr -q --bootorder 0000"));
	entry.loader = "\\EFI\\debian\\shimx64.efi";
	works(firmware_boot_next);
	is_order("0000");
	assert_true(is("efibootmgr | grep 'BootNext: 0001'"));
	/* Another loader is another entry. */
	entry.loader = "\\EFI\\BOOT\\BOOTX64.EFI";
	works(firmware_keep_entry);
	entry.loader = "\\EFI\\debian\\shimx64.efi";
	is_order("0000");
	assert_true(is("test \"$(ls vars | grep -c '^Boot0')\" = 3"));
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
		cmocka_unit_test(a_full_firmware_is_told),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
