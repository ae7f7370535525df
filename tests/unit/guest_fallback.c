/* SPDX-License-Identifier: GPL-3.0-or-later */
/* \EFI\BOOT\BOOTX64.EFI of copied systems.  The partition is a file system of
 * its own, a tmpfs that tells case apart, so names must be matched here.  The
 * RHEL-, SUSE- and Arch-like trees are not boot-tested. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/error.h"
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/fallback.h"
#include "guest/steps.h"
#include "guest_pe.h"

#define ESP "guest/boot/efi/"

static struct volume volume[2];
static const struct volumes volumes = {.volume = volume, .count = 2};
static struct steps steps; /* of the last run */

#define FSTAB                                            \
	"mkdir -p etc boot/efi; cat >etc/fstab <<-E\n"   \
	"UUID=1111 / ext4 defaults 0 1\n"                \
	"UUID=AB12-CD34 /boot/efi vfat umask=0077 0 1\n" \
	"E\n"

static const struct pe shim_debian = {
	.section = {".text", ".sbat"},
	.sbat = "sbat,1,x\nshim,4,UEFI shim,shim,1,u\n"
		"shim.debian,1,Debian,shim,16.1,u\n",
	.wide = {"\\\\grubx64.efi", "\\mmx64.efi", "\\fbx64.efi"},
	.is_signed = true};
static const struct pe grub_debian = {
	.section = {".text", "mods", ".sbat"},
	.sbat = "sbat,1,x\ngrub,5,FSF,grub,2.12,u\n"
		"grub.debian,5,Debian,grub2,2.12-9,u\n",
	.is_signed = true};
static const struct pe manager = {
	.section = {".text"}, .text = "keys", .is_signed = true};
static const struct pe microsoft = {.section = {".text", ".rsrc"},
				    .text = "bootmgr"};
static const struct pe grub_plain = {.section = {".text", "mods"}};

static void unmount(void)
{
	(void)umount2("guest/boot/efi", MNT_DETACH);
	steps_free(&steps);
}

/* The tree, and then what is in its partition. */
static void make_at(const char *tree, const char *place, const char *inside)
{
	char where[64];
	const char *argv[] = {"sh", "-ec", inside, NULL};
	char here[512];

	unmount();
	guest_make(tree);
	(void)snprintf(where, sizeof(where), "guest%s", place);
	assert_int_equal(mount("esp", where, "tmpfs", 0, "size=16m"), 0);
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(where), 0);
	assert_true(scratch_run(NULL, argv));
	assert_int_equal(chdir(here), 0);
}

static void make(const char *inside)
{
	make_at(FSTAB, "/boot/efi", inside);
}

static void run_as(bool uefi)
{
	struct convert convert = {
		.root = "guest", .volumes = &volumes, .uefi = uefi};
	struct error *error = NULL;

	steps_free(&steps);
	if (fallback_convert(&convert, &error) < 0)
		fail_msg("%s", error->msg);
	steps = convert.steps;
	guest_stayed_inside();
}

static bool has_step(enum step_outcome outcome, const char *text)
{
	for (size_t i = 0; i < steps.count; i++)
		if (steps.step[i].outcome == outcome &&
		    strstr(steps.step[i].text, text))
			return true;
	for (size_t i = 0; i < steps.count; i++)
		print_message("%s: %s\n", steps_word(steps.step[i].outcome),
			      steps.step[i].text);
	return false;
}

/* Runs it, and once more: nothing is written then. */
static void run(enum step_outcome outcome, const char *text)
{
	run_as(true);
	assert_true(has_step(outcome, text));
	assert_true(guest_is("cd " ESP "&& find . -type f -exec sha256sum {} "
			     "+ | sort >../../../before"));
	run_as(true);
	for (size_t i = 0; i < steps.count; i++)
		if (steps.step[i].outcome == STEP_DONE)
			fail_msg("done again: %s", steps.step[i].text);
	assert_true(guest_is("cd " ESP "&& find . -type f -exec sha256sum {} "
			     "+ | sort | cmp - ../../../before"));
}

static void is_tree(const char *want)
{
	char condition[1024];

	(void)snprintf(condition, sizeof(condition),
		       "cd " ESP "&& have=$(echo $(find . -type f | sort)); "
		       "echo \"$have\"; test \"$have\" = '%s'",
		       want);
	assert_true(guest_is(condition));
}

static void same(const char *a, const char *b)
{
	char condition[512];

	(void)snprintf(condition, sizeof(condition), "cmp " ESP "%s " ESP "%s",
		       a, b);
	assert_true(guest_is(condition));
}

#define DEBIAN_CFG                            \
	"search.fs_uuid 2222 root hd0,gpt2\n" \
	"set prefix=($root)'/boot/grub'\n"    \
	"configfile $prefix/grub.cfg\n"

static void make_debian(void)
{
	make("mkdir -p EFI/debian; cat >EFI/debian/grub.cfg <<-'E'\n" DEBIAN_CFG
	     "E\n");
	pe_write(ESP "EFI/debian/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/debian/grubx64.efi", &grub_debian);
	pe_write(ESP "EFI/debian/mmx64.efi", &manager);
	pe_write(ESP "EFI/debian/fbx64.efi", &manager);
}

static void debian(void **state)
{
	(void)state;
	make_debian();
	run(STEP_DONE, "/boot/efi/EFI/BOOT/BOOTX64.EFI: was missing, now "
		       "/boot/efi/EFI/debian/shimx64.efi");
	is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/BOOT/grub.cfg "
		"./EFI/BOOT/grubx64.efi ./EFI/BOOT/mmx64.efi "
		"./EFI/debian/fbx64.efi ./EFI/debian/grub.cfg "
		"./EFI/debian/grubx64.efi ./EFI/debian/mmx64.efi "
		"./EFI/debian/shimx64.efi");
	same("EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi");
	same("EFI/BOOT/grubx64.efi", "EFI/debian/grubx64.efi");
	same("EFI/BOOT/grub.cfg", "EFI/debian/grub.cfg");
}

/* Debian's real programs. */
static void debian_itself(void **state)
{
	(void)state;
	make("mkdir -p EFI/debian; cd EFI/debian\n"
	     "cp /usr/lib/shim/shimx64.efi.signed shimx64.efi\n"
	     "cp /usr/lib/shim/mmx64.efi.signed mmx64.efi\n"
	     "cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed "
	     "grubx64.efi\n");
	run(STEP_DONE, "now /boot/efi/EFI/debian/shimx64.efi");
	same("EFI/BOOT/BOOTX64.EFI", "EFI/debian/shimx64.efi");
	same("EFI/BOOT/grubx64.efi", "EFI/debian/grubx64.efi");
	same("EFI/BOOT/mmx64.efi", "EFI/debian/mmx64.efi");
}

static void an_old_one_is_renewed(void **state)
{
	struct pe old = shim_debian;

	(void)state;
	make_debian();
	old.sbat = "shim.debian,1,Debian,shim,15.8,u\n";
	assert_true(guest_is("mkdir " ESP "EFI/Boot"));
	pe_write(ESP "EFI/Boot/bootx64.efi", &old);
	pe_write(ESP "EFI/Boot/GRUBX64.EFI", &grub_debian);
	run(STEP_DONE, "/boot/efi/EFI/Boot/bootx64.efi: older than");
	same("EFI/Boot/bootx64.efi", "EFI/debian/shimx64.efi");
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
	make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT"));
	pe_write(ESP "EFI/BOOT/grubx64.efi", &grub_debian);
	newer.sbat = "shim.debian,1,Debian,shim,17.0,u\n";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &newer);
	run(STEP_SKIPPED, "shim 17.0, left as it is");
	other.sbat = "shim.ubuntu,1,Ubuntu,shim,15.0,u\n";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &other);
	run(STEP_SKIPPED, "shim 15.0, left as it is");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &microsoft);
	run(STEP_SKIPPED, "another program, left as it is");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &grub_plain);
	run(STEP_SKIPPED, "GRUB, left as it is");
	is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/BOOT/grubx64.efi "
		"./EFI/debian/fbx64.efi ./EFI/debian/grub.cfg "
		"./EFI/debian/grubx64.efi ./EFI/debian/mmx64.efi "
		"./EFI/debian/shimx64.efi");
}

static void half_a_shim_is_completed(void **state)
{
	(void)state;
	make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT"));
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &shim_debian);
	pe_write(ESP "EFI/BOOT/fbx64.efi", &manager);
	run(STEP_DONE, "was a shim without what it loads");
	assert_true(guest_is("test \"$(echo $(ls " ESP "EFI/BOOT))\" = "
			     "'BOOTX64.EFI fbx64.efi.lander-bak grub.cfg "
			     "grubx64.efi mmx64.efi'"));
}

static void no_program_is_no_loader(void **state)
{
	(void)state;
	make_debian();
	assert_true(guest_is("mkdir " ESP "EFI/BOOT; echo text >" ESP
			     "EFI/BOOT/BOOTX64.EFI"));
	run(STEP_DONE, "was missing, now");
	assert_true(guest_is("test \"$(cat " ESP
			     "EFI/BOOT/BOOTX64.EFI.lander-bak)\" = text"));
}

static void bios_is_left_alone(void **state)
{
	(void)state;
	make_debian();
	run_as(false);
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
	make_at(FSTAB "printf 'ID=\"rhel\"\\nID_LIKE=\"fedora\"\\n' "
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
	run(STEP_SKIPPED, "shim 15.8, left as it is");
	assert_true(has_step(STEP_SKIPPED, "1 more loader directories"));
	/* The whole menu is not copied: it is gone on to. */
	assert_true(guest_is("rm -r " ESP "EFI/BOOT"));
	run(STEP_DONE, "now /boot/efi/EFI/redhat/shimx64.efi");
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
	make_at(FSTAB "printf 'ID=\"opensuse-leap\"\\n' >etc/os-release",
		"/boot/efi", "mkdir -p efi/opensuse efi/boot");
	pe_write(ESP "efi/opensuse/shim.efi", &shim);
	pe_write(ESP "efi/opensuse/grub.efi", &grub);
	pe_write(ESP "efi/opensuse/MokManager.efi", &manager);
	run(STEP_DONE, "/boot/efi/efi/boot/BOOTX64.EFI: was missing, now "
		       "/boot/efi/efi/opensuse/shim.efi");
	is_tree("./efi/boot/BOOTX64.EFI ./efi/boot/MokManager.efi "
		"./efi/boot/grub.efi ./efi/opensuse/MokManager.efi "
		"./efi/opensuse/grub.efi ./efi/opensuse/shim.efi");
}

static const struct pe systemd_boot = {
	.section = {".text"},
	.text = "#### LoaderInfo: systemd-boot 255.4 ####"};

/* Arch-like. */
static void arch(void **state)
{
	struct pe old = systemd_boot;

	(void)state;
	make_at("mkdir efi", "/efi", "mkdir -p EFI/systemd");
	assert_int_equal(umount2("guest/efi", MNT_DETACH), 0);
	make("mkdir -p EFI/systemd EFI/BOOT loader/entries");
	pe_write(ESP "EFI/systemd/systemd-bootx64.efi", &systemd_boot);
	run(STEP_DONE, "now /boot/efi/EFI/systemd/systemd-bootx64.efi");
	old.text = "#### LoaderInfo: systemd-boot 239 ####";
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &old);
	run(STEP_DONE, "older than the vendor's own");
	same("EFI/BOOT/BOOTX64.EFI", "EFI/systemd/systemd-bootx64.efi");
}

static void grub_alone(void **state)
{
	(void)state;
	make("mkdir -p EFI/GRUB");
	pe_write(ESP "EFI/GRUB/grubx64.efi", &grub_plain);
	run(STEP_DONE, "now /boot/efi/EFI/GRUB/grubx64.efi");
	is_tree("./EFI/BOOT/BOOTX64.EFI ./EFI/GRUB/grubx64.efi");
	/* A shim without its GRUB does not stand in the way. */
	make("mkdir -p EFI/a EFI/b");
	pe_write(ESP "EFI/a/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/a/grub.efi", &grub_plain);
	run(STEP_DONE, "now /boot/efi/EFI/a/grub.efi");
	same("EFI/BOOT/BOOTX64.EFI", "EFI/a/grub.efi");
}

static void unified_kernels(void **state)
{
	struct pe kernel = {.section = {".osrel", ".linux"}, .text = "6.9"};

	(void)state;
	make("mkdir -p EFI/Linux");
	pe_write(ESP "EFI/Linux/m-6.9.0.efi", &kernel);
	kernel.text = "6.10";
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	run(STEP_DONE, "now /boot/efi/EFI/Linux/m-6.10.0.efi");
	same("EFI/BOOT/BOOTX64.EFI", "EFI/Linux/m-6.10.0.efi");
	make_at(FSTAB "mkdir -p usr/lib/systemd/boot/efi", "/boot/efi",
		"mkdir -p EFI/Linux");
	pe_write("guest/usr/lib/systemd/boot/efi/systemd-bootx64.efi",
		 &systemd_boot);
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	run(STEP_DONE, "now /usr/lib/systemd/boot/efi/systemd-bootx64.efi");
	/* Secure Boot would start the signed kernel, and not this. */
	assert_true(guest_is("rm -r " ESP "EFI/BOOT"));
	kernel.is_signed = true;
	pe_write(ESP "EFI/Linux/m-6.10.0.efi", &kernel);
	run(STEP_DONE, "now /boot/efi/EFI/Linux/m-6.10.0.efi");
}

static void what_can_not_be_done(void **state)
{
	(void)state;
	unmount();
	guest_make(FSTAB);
	run_as(true);
	assert_true(
		has_step(STEP_FAILED, "no EFI System Partition is mounted"));
	make("mkdir EFI");
	run(STEP_FAILED, "nothing in /boot/efi could be it");
	make_at("mkdir -p boot/efi", "/boot/efi", "mkdir EFI");
	run(STEP_SKIPPED, "/etc/fstab does not mount");
	/* No room: nothing is begun. */
	make_debian();
	assert_true(guest_is("dd if=/dev/zero of=" ESP "full bs=4096 "
			     "2>/dev/null || test -s " ESP "full"));
	run(STEP_FAILED, "KiB are needed in /boot/efi");
	assert_true(guest_is("! test -e " ESP "EFI/BOOT"));
}

static void what_is_hostile(void **state)
{
	(void)state;
	make("mkdir -p EFI/BOOT/BOOTX64.EFI EFI/a; mkfifo EFI/a/shimx64.efi; "
	     "ln -s ../../../../../outside/secret EFI/a/grubx64.efi; "
	     "ln -s a EFI/b; ln -s . EFI/c");
	run(STEP_FAILED, "nothing in /boot/efi could be it");
	make("mkdir -p EFI/BOOT \"$(printf 'EFI/x\\ny')\"; "
	     "ln -s ../../../../../outside EFI/BOOT/grub.cfg; "
	     "printf 'menuentry\\n' >\"$(printf 'EFI/x\\ny/grub.cfg')\"");
	pe_write(ESP "EFI/x\ny/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/x\ny/grubx64.efi", &grub_debian);
	run_as(true);
	/* Whatever came of it, no such name is in a script. */
	assert_true(guest_is("! grep -r configfile " ESP));
	make("ln -s EFI EFI");
	run(STEP_FAILED, "nothing");
	make("mkdir EFI; cd EFI; seq 3000 | xargs mkdir");
	run(STEP_FAILED, "nothing in /boot/efi could be it");
}

static int begin(void **state)
{
	volume[0] = (struct volume){.device = (char *)"/dev/loop0p2",
				    .fs = (char *)"ext4",
				    .uuid = (char *)"1111"};
	volume[1] = (struct volume){.device = (char *)"/dev/loop0p1",
				    .fs = (char *)"vfat",
				    .uuid = (char *)"AB12-CD34"};
	return scratch_open(state);
}

static int end(void **state)
{
	unmount();
	return scratch_close(state);
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
		cmocka_unit_test(what_can_not_be_done),
		cmocka_unit_test(what_is_hostile),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
