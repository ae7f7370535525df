/* SPDX-License-Identifier: GPL-3.0-or-later */
/* \EFI\BOOT\BOOTX64.EFI of copied systems.  The partition is a file system of
 * its own, a tmpfs that tells case apart, so names must be matched here.  The
 * RHEL-, SUSE- and Arch-like trees are not boot-tested. */

#include "guest_esp.h"

static void debian(void **state)
{
	(void)state;
	esp_make_debian();
	esp_run(STEP_DONE, "/boot/efi/EFI/BOOT/BOOTX64.EFI: was missing, now "
			   "/boot/efi/EFI/debian/shimx64.efi");
	esp_is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/BOOT/grub.cfg "
		    "./EFI/BOOT/grubx64.efi ./EFI/BOOT/mmx64.efi "
		    "./EFI/debian/fbx64.efi ./EFI/debian/grub.cfg "
		    "./EFI/debian/grubx64.efi ./EFI/debian/mmx64.efi "
		    "./EFI/debian/shimx64.efi");
	esp_same("EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi");
	esp_same("EFI/BOOT/grubx64.efi", "EFI/debian/grubx64.efi");
	esp_same("EFI/BOOT/grub.cfg", "EFI/debian/grub.cfg");
}

/* Debian's real programs. */
static void debian_itself(void **state)
{
	(void)state;
	esp_make("mkdir -p EFI/debian; cd EFI/debian\n"
		 "cp /usr/lib/shim/shimx64.efi.signed shimx64.efi\n"
		 "cp /usr/lib/shim/mmx64.efi.signed mmx64.efi\n"
		 "cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed "
		 "grubx64.efi\n");
	esp_run(STEP_DONE, "now /boot/efi/EFI/debian/shimx64.efi");
	esp_same("EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi");
	esp_same("EFI/BOOT/grubx64.efi", "EFI/debian/grubx64.efi");
	esp_same("EFI/BOOT/mmx64.efi", "EFI/debian/mmx64.efi");
}

static void an_old_one_is_renewed(void **state)
{
	struct pe old = shim_debian;

	(void)state;
	esp_make_debian();
	old.sbat = "shim.debian,1,Debian,shim,15.8,u\n";
	assert_true(guest_is("mkdir " ESP "EFI/Boot"));
	pe_write(ESP "EFI/Boot/bootx64.efi", &old);
	pe_write(ESP "EFI/Boot/GRUBX64.EFI", &grub_debian);
	esp_run(STEP_DONE, "/boot/efi/EFI/Boot/bootx64.efi: older than");
	esp_same("EFI/Boot/bootx64.efi", "EFI/debian/shimx64.efi");
	assert_true(guest_is("grep -q 15.8 " ESP
			     "EFI/Boot/bootx64.efi.lander-bak"));
	/* Names keep the case they have. */
	assert_true(guest_is("test \"$(echo $(ls " ESP "EFI/Boot))\" = "
			     "'GRUBX64.EFI bootx64.efi "
			     "bootx64.efi.lander-bak grub.cfg mmx64.efi'"));
}

static void what_works_is_left(void **state)
{
	struct pe newer = shim_debian;
	struct pe other = shim_debian;

	(void)state;
	esp_make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT"));
	pe_write(ESP "EFI/BOOT/grubx64.efi", &grub_debian);
	newer.sbat = "shim.debian,1,Debian,shim,17.0,u\n";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &newer);
	esp_run(STEP_SKIPPED, "shim 17.0, left as it is");
	other.sbat = "shim.ubuntu,1,Ubuntu,shim,15.0,u\n";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &other);
	esp_run(STEP_SKIPPED, "shim 15.0, left as it is");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &microsoft);
	esp_run(STEP_SKIPPED, "another program, left as it is");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &grub_plain);
	esp_run(STEP_SKIPPED, "GRUB, left as it is");
	esp_is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/BOOT/grubx64.efi "
		    "./EFI/debian/fbx64.efi ./EFI/debian/grub.cfg "
		    "./EFI/debian/grubx64.efi ./EFI/debian/mmx64.efi "
		    "./EFI/debian/shimx64.efi");
}

static void half_a_shim_is_completed(void **state)
{
	(void)state;
	esp_make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT"));
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &shim_debian);
	pe_write(ESP "EFI/BOOT/fbx64.efi", &manager);
	esp_run(STEP_DONE, "was a shim without what it loads");
	assert_true(guest_is("test \"$(echo $(ls " ESP "EFI/BOOT))\" = "
			     "'BOOTX64.EFI fbx64.efi.lander-bak grub.cfg "
			     "grubx64.efi mmx64.efi'"));
}

static void no_program_is_no_loader(void **state)
{
	(void)state;
	esp_make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT; echo text >" ESP
			     "EFI/BOOT/BOOTX64.EFI"));
	esp_run(STEP_DONE, "was missing, now");
	assert_true(guest_is("test \"$(cat " ESP
			     "EFI/BOOT/BOOTX64.EFI.lander-bak)\" = text"));
}

static void bios_is_left_alone(void **state)
{
	(void)state;
	esp_make_debian();
	esp_run_as(false);
	assert_int_equal(steps.count, 0);
	assert_true(guest_is("! test -e " ESP "EFI/BOOT"));
}

/* RHEL-like: BOOTX64.EFI and fbx64.efi as the package puts them. */
static void rhel(void **state)
{
	struct pe shim = shim_debian;
	struct pe grub = grub_debian;

	(void)state;
	shim.sbat = "shim.rh,3,Red Hat,shim,15.8,u\n";
	grub.sbat = "grub.rh,2,Red Hat,grub2,2.06-70,u\n";
	esp_make_at(FSTAB "printf 'ID=\"rhel\"\\nID_LIKE=\"fedora\"\\n' "
			  ">etc/os-release",
		    "/boot/efi",
		    "mkdir -p EFI/BOOT EFI/redhat EFI/aaa; "
		    "printf 'menuentry x {\\n}\\n' >EFI/redhat/grub.cfg; "
		    "echo csv >EFI/redhat/BOOTX64.CSV");
	pe_write(ESP "EFI/aaa/grubx64.efi", &grub_plain);
	pe_write(ESP "EFI/redhat/shimx64.efi", &shim);
	pe_write(ESP "EFI/redhat/grubx64.efi", &grub);
	pe_write(ESP "EFI/redhat/mmx64.efi", &manager);
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &shim);
	pe_write(ESP "EFI/BOOT/fbx64.efi", &manager);
	esp_run(STEP_SKIPPED, "shim 15.8, left as it is");
	assert_true(esp_told(STEP_SKIPPED, "1 more loader directories"));
	/* The whole menu is not copied: it is gone on to. */
	assert_true(guest_is("rm -r " ESP "EFI/BOOT"));
	esp_run(STEP_DONE, "now /boot/efi/EFI/redhat/shimx64.efi");
	assert_true(guest_is("printf '%s\\n' "
			     "'# The menu of this system is "
			     "/EFI/redhat/grub.cfg.' "
			     "'search --no-floppy --fs-uuid --set=root "
			     "AB12-CD34' "
			     "'set prefix=($root)/EFI/redhat' "
			     "'configfile $prefix/grub.cfg' | "
			     "cmp - " ESP "EFI/BOOT/grub.cfg"));
}

/* SUSE-like: other names, lower case. */
static void suse(void **state)
{
	struct pe shim = shim_debian;
	struct pe grub = grub_debian;

	(void)state;
	shim.sbat = "shim.opensuse,1,openSUSE,shim,15.8,u\n";
	shim.wide[0] = "\\grub.efi";
	shim.wide[1] = "\\MokManager.efi";
	shim.wide[2] = "\\fallback.efi";
	grub.sbat = "grub.opensuse,1,openSUSE,grub2,2.12,u\n";
	esp_make_at(FSTAB "printf 'ID=\"opensuse-leap\"\\n' >etc/os-release",
		    "/boot/efi", "mkdir -p efi/opensuse efi/boot");
	pe_write(ESP "efi/opensuse/shim.efi", &shim);
	pe_write(ESP "efi/opensuse/grub.efi", &grub);
	pe_write(ESP "efi/opensuse/MokManager.efi", &manager);
	esp_run(STEP_DONE, "/boot/efi/efi/boot/BOOTX64.EFI: was missing, now "
			   "/boot/efi/efi/opensuse/shim.efi");
	esp_is_tree("./efi/boot/BOOTX64.EFI ./efi/boot/MokManager.efi "
		    "./efi/boot/grub.efi ./efi/opensuse/MokManager.efi "
		    "./efi/opensuse/grub.efi ./efi/opensuse/shim.efi");
}

/* Arch-like. */
static void arch(void **state)
{
	struct pe old = systemd_boot;

	(void)state;
	esp_make_at("mkdir efi", "/efi", "mkdir -p EFI/systemd");
	assert_int_equal(umount2("guest/efi", MNT_DETACH), 0);
	esp_make("mkdir -p EFI/systemd EFI/BOOT loader/entries");
	pe_write(ESP "EFI/systemd/systemd-bootx64.efi", &systemd_boot);
	esp_run(STEP_DONE, "now /boot/efi/EFI/systemd/systemd-bootx64.efi");
	old.text = "#### LoaderInfo: systemd-boot 239 ####";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &old);
	esp_run(STEP_DONE, "older than the vendor's own");
	esp_same("EFI/BOOT/BOOTX64.EFI", "EFI/systemd/systemd-bootx64.efi");
}

static void grub_alone(void **state)
{
	(void)state;
	esp_make("mkdir -p EFI/GRUB");
	pe_write(ESP "EFI/GRUB/grubx64.efi", &grub_plain);
	esp_run(STEP_DONE, "now /boot/efi/EFI/GRUB/grubx64.efi");
	esp_is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/GRUB/grubx64.efi");
	/* A shim without its GRUB does not stand in the way. */
	esp_make("mkdir -p EFI/a EFI/b");
	pe_write(ESP "EFI/a/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/a/grub.efi", &grub_plain);
	esp_run(STEP_DONE, "now /boot/efi/EFI/a/grub.efi");
	esp_same("EFI/BOOT/BOOTX64.EFI", "EFI/a/grub.efi");
}

static void unified_kernels(void **state)
{
	struct pe kernel = {.section = {".osrel", ".linux"}, .text = "6.9"};

	(void)state;
	esp_make("mkdir -p EFI/Linux");
	pe_write(ESP "EFI/Linux/m-6.9.0.efi", &kernel);
	kernel.text = "6.10";
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	esp_run(STEP_DONE, "now /boot/efi/EFI/Linux/m-6.10.0.efi");
	esp_same("EFI/BOOT/BOOTX64.EFI", "EFI/Linux/m-6.10.0.efi");
	esp_make_at(FSTAB "mkdir -p usr/lib/systemd/boot/efi", "/boot/efi",
		    "mkdir -p EFI/Linux");
	pe_write("guest/usr/lib/systemd/boot/efi/systemd-bootx64.efi",
		 &systemd_boot);
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	esp_run(STEP_DONE, "now /usr/lib/systemd/boot/efi/systemd-bootx64.efi");
	/* Secure Boot would start the signed kernel, and not this. */
	assert_true(guest_is("rm -r " ESP "EFI/BOOT"));
	kernel.is_signed = true;
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	esp_run(STEP_DONE, "now /boot/efi/EFI/Linux/m-6.10.0.efi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),
		cmocka_unit_test(debian_itself),
		cmocka_unit_test(an_old_one_is_renewed),
		cmocka_unit_test(what_works_is_left),
		cmocka_unit_test(half_a_shim_is_completed),
		cmocka_unit_test(no_program_is_no_loader),
		cmocka_unit_test(bios_is_left_alone),
		cmocka_unit_test(rhel),
		cmocka_unit_test(suse),
		cmocka_unit_test(arch),
		cmocka_unit_test(grub_alone),
		cmocka_unit_test(unified_kernels),
	};

	return cmocka_run_group_tests(tests, esp_begin, esp_end);
}
