/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can't be done about \EFI\BOOT\BOOTX64.EFI, and trees that lie. */
#include "guest_esp.h"

static void what_can_not_be_done(void **state)
{
	(void)state;
	esp_unmount();
	guest_make(FSTAB);
	esp_run_as(true);
	assert_true(
		esp_told(STEP_FAILED, "no EFI System Partition is mounted"));
	esp_make("mkdir EFI");
	esp_run(STEP_FAILED, "nothing in /boot/efi could be it");
	esp_make_at("mkdir -p boot/efi", "/boot/efi", "mkdir EFI");
	esp_run(STEP_SKIPPED, "/etc/fstab does not mount");
	/* No room: nothing is begun. */
	esp_make_debian();
	assert_true(guest_is("dd if=/dev/zero of=" ESP "full bs=4096 "
			     "2>/dev/null || test -s " ESP "full"));
	esp_run(STEP_FAILED, "KiB are needed in /boot/efi");
	assert_true(guest_is("! test -e " ESP "EFI/BOOT"));
}

static void what_is_hostile(void **state)
{
	(void)state;
	esp_make("mkdir -p EFI/BOOT/BOOTX64.EFI EFI/a; mkfifo "
		 "EFI/a/shimx64.efi; "
		 "ln -s ../../../../../outside/secret EFI/a/grubx64.efi; "
		 "ln -s a EFI/b; ln -s . EFI/c");
	esp_run(STEP_FAILED, "nothing in /boot/efi could be it");
	esp_make("mkdir -p EFI/BOOT \"$(printf 'EFI/x\\ny')\"; "
		 "ln -s ../../../../../outside EFI/BOOT/grub.cfg; "
		 "printf 'menuentry\\n' >\"$(printf 'EFI/x\\ny/grub.cfg')\"");
	pe_write(ESP "EFI/x\ny/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/x\ny/grubx64.efi", &grub_debian);
	esp_run_as(true);
	/* Whatever came of it, no such name is in a script. */
	assert_true(guest_is("! grep -r configfile " ESP));
	esp_make("ln -s EFI EFI");
	esp_run(STEP_FAILED, "nothing");
	esp_make("mkdir EFI; cd EFI; seq 3000 | xargs mkdir");
	esp_run(STEP_FAILED, "nothing in /boot/efi could be it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_not_be_done),
		cmocka_unit_test(what_is_hostile),
	};

	return cmocka_run_group_tests(tests, esp_begin, esp_end);
}
