/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GRUB for UEFI for systems that had one for BIOS.  The RHEL-, SUSE- and
 * Ubuntu-like trees are not boot-tested; Debian's is, by vm/convert-firmware.
 */
#include <errno.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/efigrub.h"
#include "guest_pe.h"

#define UUID "0f9619ff-8b86-4d11-b42d-00c04fc964ff"

static struct efigrub grub = {.root = "guest",
			      .esp = "esp",
			      .carried = "/",
			      .uuid = UUID,
			      .path = "/boot/grub"};

#define DEBIAN                                                               \
	"mkdir -p etc boot/grub usr var\n"                                   \
	"echo ID=debian >etc/os-release\n"                                   \
	"printf 'set default=0\\nmenuentry x {\\n\\tlinux /vmlinuz\\n}\\n' " \
	">boot/grub/grub.cfg\n"

#define RHEL                                                             \
	"mkdir -p etc boot/grub2 boot/loader/entries usr var\n"          \
	"printf 'ID=\"rhel\"\\nID_LIKE=\"fedora\"\\n' >etc/os-release\n" \
	"printf 'insmod blscfg\\nblscfg\\n' >boot/grub2/grub.cfg\n"

static void make(const char *tree)
{
	guest_make(tree);
	assert_true(guest_is("rm -rf esp; mkdir esp"));
}

static void works(const char *want_from)
{
	struct error *error = NULL;
	char *from = NULL;

	if (efigrub_install(&grub, &from, &error) < 0)
		fail_msg("%s", error->msg);
	assert_string_equal(from, want_from);
	free(from);
	guest_stayed_inside();
	assert_true(guest_is("for f in esp/EFI/*/grub.cfg; do "
			     "grub-script-check \"$f\"; done"));
}

static void refuses(int code, const char *why)
{
	struct error *error = NULL;
	char *from = NULL;

	assert_int_equal(efigrub_install(&grub, &from, &error), -code);
	assert_int_equal(error->kind, ERROR_CONVERT);
	if (!strstr(error->msg, why))
		fail_msg("'%s' is not in '%s'", why, error->msg);
	error_free(error);
	guest_stayed_inside();
}

static void is_esp(const char *want)
{
	char condition[512];

	(void)snprintf(condition, sizeof(condition),
		       "have=$(echo $(cd esp && find . -type f | sort)); "
		       "test \"$have\" = '%s'",
		       want);
	assert_true(guest_is(condition));
}

static void is_text(const char *path, const char *want)
{
	char *text = NULL;

	assert_int_equal(io_read_file(path, 65536, &text, NULL, NULL), 0);
	assert_string_equal(text, want);
	free(text);
}

#define MENU                                                        \
	"# Goes on to the menu of this system, which was made for " \
	"BIOS.\n"                                                   \
	"function linux16 { linux \"$@\"; }\n"                      \
	"function initrd16 { initrd \"$@\"; }\n"                    \
	"search --no-floppy --fs-uuid --set=root " UUID "\n"        \
	"set prefix=($root)/boot/grub\n"                            \
	"configfile $prefix/grub.cfg\n"

static void debian_gets_what_is_carried(void **state)
{
	(void)state;
	make(DEBIAN);
	assert_string_equal(efigrub_menu("guest"), "/boot/grub");
	works("lander's own copy of Debian's");
	is_esp("./EFI/debian/grub.cfg ./EFI/debian/grubx64.efi "
	       "./EFI/debian/mmx64.efi ./EFI/debian/shimx64.efi");
	is_text("esp/EFI/debian/grub.cfg", MENU);
	assert_true(guest_is("cmp esp/EFI/debian/shimx64.efi "
			     "/usr/lib/shim/shimx64.efi.signed"));
	/* Again: nothing else. */
	works("lander's own copy of Debian's");
	is_esp("./EFI/debian/grub.cfg ./EFI/debian/grubx64.efi "
	       "./EFI/debian/mmx64.efi ./EFI/debian/shimx64.efi");
}

/* What the live system holds: without a manager of keys. */
static void the_live_system_has_no_manager(void **state)
{
	(void)state;
	make(DEBIAN);
	assert_true(guest_is(
		"rm -rf live; mkdir -p live/usr/lib/shim "
		"live/usr/lib/grub/x86_64-efi-signed\n"
		"cp /usr/lib/shim/shimx64.efi.signed live/usr/lib/shim/\n"
		"cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed "
		"live/usr/lib/grub/x86_64-efi-signed/"));
	grub.carried = "live";
	works("lander's own copy of Debian's");
	is_esp("./EFI/debian/grub.cfg ./EFI/debian/grubx64.efi "
	       "./EFI/debian/shimx64.efi");
	assert_true(guest_is("rm -r live/usr/lib/grub"));
	make(DEBIAN);
	refuses(ENOENT, "no GRUB for UEFI");
	is_esp("");
	grub.carried = "/";
}

static void ubuntus_own_packages(void **state)
{
	const struct pe image = {.section = {".text", "mods"},
				 .text = "(memdisk)/EFI/ubuntu",
				 .is_signed = true};

	(void)state;
	make(DEBIAN "printf 'ID=ubuntu\\nID_LIKE=debian\\n' >etc/os-release\n"
		    "mkdir -p usr/lib/shim usr/lib/grub/x86_64-efi-signed\n"
		    "echo old >usr/lib/shim/shimx64.efi.signed.previous\n"
		    "echo shim >usr/lib/shim/shimx64.efi.signed.latest\n");
	pe_write("guest/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
		 &image);
	works("the system's own packages");
	is_esp("./EFI/ubuntu/grub.cfg ./EFI/ubuntu/grubx64.efi "
	       "./EFI/ubuntu/shimx64.efi");
	is_text("esp/EFI/ubuntu/shimx64.efi", "shim\n");
}

/* The menu itself is made later, guest_efibls.c. */
static void blscfg_gets_a_mark(void **state)
{
	(void)state;
	make(RHEL);
	assert_string_equal(efigrub_menu("guest"), "/boot/grub2");
	works("lander's own copy of Debian's");
	assert_true(guest_is("tail -n 1 esp/EFI/debian/grub.cfg | "
			     "grep -q '^# What follows'"));
}

/* Cloud images of that kind hold both. */
static void rhels_own(void **state)
{
	const struct pe shim = {.section = {".text", ".sbat"},
				.sbat = "sbat,1,x\nshim,4,UEFI shim,shim,1,u\n",
				.wide = {"\\grubx64.efi", "\\mmx64.efi"},
				.is_signed = true};
	const struct pe image = {.section = {".text", "mods"},
				 .text = "blscfg.c",
				 .is_signed = true};

	(void)state;
	make(RHEL "mkdir -p boot/efi/EFI/redhat\n");
	pe_write("guest/boot/efi/EFI/redhat/shimx64.efi", &shim);
	pe_write("guest/boot/efi/EFI/redhat/grubx64.efi", &image);
	grub.path = "/grub2";
	works("/boot/efi/EFI/redhat");
	grub.path = "/boot/grub";
	is_esp("./EFI/redhat/grub.cfg ./EFI/redhat/grubx64.efi "
	       "./EFI/redhat/shimx64.efi");
	assert_true(guest_is("grep -q 'prefix=(.root)/grub2$' "
			     "esp/EFI/redhat/grub.cfg"));
}

/* Nothing of a guest gets into the script unchecked. */
static void odd_names_are_refused(void **state)
{
	(void)state;
	make(DEBIAN);
	grub.path = "/boot/grub\ninsmod evil";
	refuses(EINVAL, "GRUB for UEFI");
	grub.path = "/boot/grub";
	grub.uuid = "$(x)";
	refuses(EINVAL, "GRUB for UEFI");
	grub.uuid = UUID;
	is_esp("");
}

static void menus_of_others(void **state)
{
	(void)state;
	guest_make("mkdir -p boot/extlinux boot/grub; echo x "
		   ">boot/grub/menu.lst");
	assert_null(efigrub_menu("guest"));
}

static const char *mounted(void)
{
	struct error *error = NULL;
	const char *place = NULL;

	if (efigrub_mount_line("guest", "1A2B-3C4D", &place, &error) < 0)
		fail_msg("%s", error->msg);
	guest_stayed_inside();
	return place;
}

static void a_line_in_fstab(void **state)
{
	(void)state;
	guest_make("mkdir -p etc boot; printf 'UUID=1 / ext4 x 0 1' "
		   ">etc/fstab");
	assert_string_equal(mounted(), "/boot/efi");
	is_text("guest/etc/fstab",
		"UUID=1 / ext4 x 0 1\n"
		"UUID=1A2B-3C4D /boot/efi vfat umask=0077,nofail 0 0\n");
	is_text("guest/etc/fstab.lander-bak", "UUID=1 / ext4 x 0 1");
	assert_true(guest_is("test -d guest/boot/efi"));
	/* Somebody else's is there. */
	assert_string_equal(mounted(), "/efi");
	assert_true(guest_is("test -d guest/efi"));
}

static void no_fstab_and_no_way(void **state)
{
	struct error *error = NULL;
	const char *place = NULL;

	(void)state;
	guest_make("mkdir -p etc boot");
	assert_string_equal(mounted(), "/boot/efi");
	is_text("guest/etc/fstab",
		"UUID=1A2B-3C4D /boot/efi vfat umask=0077,nofail 0 0\n");
	guest_make("mkdir etc; ln -s ../outside boot; printf "
		   "'A /boot/efi vfat x 0 0\\nB /efi vfat x 0 0\\n' "
		   ">etc/fstab");
	assert_true(efigrub_mount_line("guest", "1", &place, &error) < 0);
	error_free(error);
	guest_make("mkdir etc; ln -s ../outside boot; echo >etc/fstab");
	error = NULL;
	assert_true(efigrub_mount_line("guest", "1", &place, &error) < 0);
	error_free(error);
	guest_stayed_inside();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_gets_what_is_carried),
		cmocka_unit_test(the_live_system_has_no_manager),
		cmocka_unit_test(ubuntus_own_packages),
		cmocka_unit_test(blscfg_gets_a_mark),
		cmocka_unit_test(rhels_own),
		cmocka_unit_test(odd_names_are_refused),
		cmocka_unit_test(menus_of_others),
		cmocka_unit_test(a_line_in_fstab),
		cmocka_unit_test(no_fstab_and_no_way),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
