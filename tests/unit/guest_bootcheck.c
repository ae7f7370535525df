/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Would it boot?  Whole systems, and each link of the chain broken on purpose.
 * The RHEL- and Arch-like trees are not boot-tested. */
#include "guest/bootcheck.h"
#include "guest/entry.h"
#include "guest_esp.h"

#define DEBIAN_ROOT                                                 \
	FSTAB "mkdir -p boot/grub; echo k >boot/vmlinuz-6; "        \
	      "echo i >boot/initrd.img-6; cat >boot/grub/grub.cfg " \
	      "<<-'E'\n"                                            \
	      "menuentry 'Debian' {\n"                              \
	      "linux /boot/vmlinuz-6 root=UUID=1111 ro\n"           \
	      "initrd /boot/initrd.img-6\n"                         \
	      "}\nE\n"

static bootcheck_initramfs *look;
static struct volumes disks;

static enum bootcheck_verdict check(bool uefi)
{
	struct convert convert = {.root = "guest",
				  .volumes = &disks,
				  .root_volume = &volume[0],
				  .disks = 1,
				  .uefi = uefi};
	enum bootcheck_verdict verdict = BOOTCHECK_BOOTS;
	struct error *error = NULL;

	steps_free(&steps);
	if (bootcheck_run(&convert, look, &verdict, &error) < 0)
		fail_msg("%s", error->msg);
	steps = convert.steps;
	guest_stayed_inside();
	return verdict;
}

static void is(bool uefi, enum bootcheck_verdict want,
	       enum step_outcome outcome, const char *text)
{
	enum bootcheck_verdict verdict = check(uefi);

	assert_true(esp_told(outcome, text));
	if (verdict != want)
		for (size_t i = 0; i < steps.count; i++)
			print_message("%s: %s\n",
				      steps_word(steps.step[i].outcome),
				      steps.step[i].text);
	assert_string_equal(bootcheck_word(verdict), bootcheck_word(want));
}

/* A change of the tree, by the shell. */
static void sh(const char *command)
{
	assert_true(guest_is(command));
}

static void make_debian(void)
{
	esp_make_at(DEBIAN_ROOT, "/boot/efi",
		    "mkdir -p EFI/debian; echo search.fs_uuid 1111 root "
		    ">EFI/debian/grub.cfg");
	pe_write(ESP "EFI/debian/shimx64.efi", &shim_debian);
	pe_write(ESP "EFI/debian/grubx64.efi", &grub_debian);
	esp_run_as(true);
}

static int has_drivers(const struct convert *convert, const struct entry *entry,
		       char **ret_why)
{
	(void)convert;
	*ret_why = NULL;
	assert_true(entry->initrd_fd >= 0);
	return 0;
}

static int has_none(const struct convert *convert, const struct entry *entry,
		    char **ret_why)
{
	(void)convert;
	*ret_why = strdup("virtio_blk is missing");
	assert_string_equal(entry->kernel, "/boot/vmlinuz-6");
	return 1;
}

static void debian_by_uefi(void **state)
{
	(void)state;
	make_debian();
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "BOOTX64.EFI: shim 16.1");
	assert_true(esp_told(STEP_DONE, "grub.cfg starts /boot/vmlinuz-6 with "
					"an initramfs"));
	assert_true(esp_told(STEP_DONE, "root=UUID=1111 is there"));
	assert_true(esp_told(STEP_DONE, "/etc/fstab: / is UUID=1111"));
	look = has_drivers;
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "this machine's drivers");
	look = has_none;
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "virtio_blk is missing");
	look = NULL;
}

static int has_no_disk(const struct convert *convert, const struct entry *entry,
		       char **ret_text)
{
	(void)convert;
	(void)entry;
	*ret_text = strdup("kernel 6 has no virtio_blk");
	return BOOTCHECK_NO_DISK;
}

/* Refused, when this is what the menu starts by itself. */
static bool is_refused(void)
{
	struct convert convert = {.root = "guest",
				  .volumes = &disks,
				  .root_volume = &volume[0],
				  .disks = 1,
				  .uefi = true};
	enum bootcheck_verdict verdict = BOOTCHECK_BOOTS;
	struct error *error = NULL;
	int r = bootcheck_run(&convert, has_no_disk, &verdict, &error);

	steps_free(&convert.steps);
	assert_int_equal(verdict, BOOTCHECK_FAILS);
	if (r == 0)
		return false;
	assert_int_equal(r, -ENODEV);
	assert_int_equal(error->kind, ERROR_CONVERT);
	assert_string_equal(error->msg, "kernel 6 has no virtio_blk");
	error_free(error);
	return true;
}

static void no_way_to_the_disk(void **state)
{
	(void)state;
	make_debian();
	assert_true(is_refused());
	sh("sed -i '1i set default=\"0\"' guest/boot/grub/grub.cfg");
	assert_true(is_refused());
	sh("sed -i '1i set default=\"gnulinux-old\"' guest/boot/grub/grub.cfg");
	assert_false(is_refused());
	sh("sed -i 's/gnulinux-old/${saved_entry}/' guest/boot/grub/grub.cfg");
	assert_true(is_refused());
	sh("printf '# GRUB Environment Block\\nsaved_entry=1>2\\n' "
	   ">guest/boot/grub/grubenv");
	assert_false(is_refused());
	sh("sed -i 's/=1>2/=/' guest/boot/grub/grubenv");
	assert_true(is_refused());
}

static void each_broken_link(void **state)
{
	(void)state;
	make_debian();
	sh("rm guest/boot/initrd.img-6");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "menu: grub.cfg: 'initrd");
	make_debian();
	sh("rm guest/boot/vmlinuz-6");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "menu: grub.cfg: 'linux");
	make_debian();
	sh("rm guest/boot/grub/grub.cfg");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "no grub.cfg");
	make_debian();
	sh("sed -i s/UUID=1111/UUID=9999/ guest/boot/grub/grub.cfg");
	is(true, BOOTCHECK_FAILS, STEP_FAILED,
	   "root=UUID=9999 is on none of the copied disks");
	make_debian();
	sh("sed -i s/UUID=1111/UUID=AB12-CD34/ guest/boot/grub/grub.cfg");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "not the root that was");
	make_debian();
	sh("sed -i s,UUID=1111,/dev/sda2, guest/boot/grub/grub.cfg");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "root=/dev/sda2: what has");
	make_debian();
	sh("sed -i s/UUID=1111/LABEL=gone/ guest/etc/fstab");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "/etc/fstab: /, LABEL=gone");
	make_debian();
	sh("echo 'UUID=7 /srv ext4 defaults 0 2' >>guest/etc/fstab");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "/srv, UUID=7, is on none");
	sh("sed -i '/srv/s/defaults/nofail/' guest/etc/fstab");
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "/etc/fstab: / is");
	sh("sed -i s/1111/2222/ " ESP "EFI/debian/grub.cfg");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "searches for a file system");
	sh("rm " ESP "EFI/*/grub.cfg");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "GRUB has no grub.cfg");
	sh("rm " ESP "EFI/BOOT/grubx64.efi");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "only a boot entry");
	sh("rm -r " ESP "EFI/debian");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "no BOOTX64.EFI that has");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &microsoft);
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "lander does not know");
	esp_unmount();
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "no BOOTX64.EFI that has");
}

/* GRUB's real boot.img, and something where it says that core.img is. */
static void make_bios(void)
{
	static const char core[512] = "core";
	char *boot = NULL;

	esp_unmount();
	guest_make(DEBIAN_ROOT);
	scratch_file("disk", (uint64_t)16 << 20);
	scratch_table("disk", 512, "label: dos\ntype=83\n");
	assert_int_equal(io_read_file("/usr/lib/grub/i386-pc/boot.img", 4096,
				      &boot, NULL, NULL),
			 0);
	scratch_put("disk", boot, 440, 0);
	scratch_put("disk", core, sizeof(core), 512);
	free(boot);
}

static void debian_by_bios(void **state)
{
	char sectors[512] = "";

	(void)state;
	disks.device = (char *)"disk";
	make_bios();
	is(false, BOOTCHECK_BOOTS, STEP_DONE, "boot code: GRUB");
	sh("mkdir -p guest/boot/grub/i386-pc; "
	   "echo >guest/boot/grub/i386-pc/core.img");
	is(false, BOOTCHECK_BOOTS, STEP_DONE, "boot code: GRUB");
	scratch_put("disk", sectors, sizeof(sectors), 512);
	is(false, BOOTCHECK_FAILS, STEP_FAILED, "core.img is not at");
	scratch_put("disk", sectors, 440, 0);
	is(false, BOOTCHECK_FAILS, STEP_FAILED, "no boot code is in");
	scratch_put("disk", "\xfa\xeb", 2, 0);
	sh("rm guest/boot/grub/grub.cfg");
	is(false, BOOTCHECK_UNSURE, STEP_SKIPPED, "another loader");
	disks.device = NULL;
	is(false, BOOTCHECK_UNSURE, STEP_SKIPPED, "boot code: not looked at");
}

/* RHEL-like: the menu is in /boot/loader/entries, on a /boot of its own. */
static void rhel(void **state)
{
	(void)state;
	esp_make_at(FSTAB
		    "mkdir -p boot/grub2 boot/loader/entries; cd boot; "
		    "printf '%s\\n' '# GRUB Environment Block' "
		    "'saved_entry=m-5.14.0-70' "
		    "'kernelopts=root=/dev/mapper/rhel-root ro ' "
		    "'####' >grub2/grubenv; "
		    "printf 'insmod blscfg\\nblscfg\\n' >grub2/grub.cfg; "
		    "for v in 5.14.0-70 5.14.0-362; do "
		    "echo k$v >vmlinuz-$v; echo i >initramfs-$v.img; "
		    "printf 'title RHEL\\nversion %s\\nlinux /vmlinuz-%s\\n"
		    "initrd /initramfs-%s.img $tuned_initrd\\noptions "
		    "$kernelopts $tuned_params\\n' $v $v $v "
		    ">loader/entries/m-$v.conf; done",
		    "/boot/efi",
		    "mkdir -p EFI/BOOT; "
		    "echo search --fs-uuid 1111 >EFI/BOOT/grub.cfg");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &grub_debian);
	volume[0].device = (char *)"/dev/mapper/rhel-root";
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "starts /vmlinuz-5.14.0-70 with");
	assert_true(esp_told(STEP_DONE, "root=/dev/mapper/rhel-root is there"));
	/* Without a default, the newest. */
	sh("sed -i /saved_entry/d guest/boot/grub2/grubenv");
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "starts /vmlinuz-5.14.0-362 with");
	sh("rm guest/boot/initramfs-5.14.0-362.img");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "initramfs-5.14.0-362.img");
	sh("rm -r guest/boot/loader");
	is(true, BOOTCHECK_FAILS, STEP_FAILED, "/boot/loader/entries");
	volume[0].device = (char *)"/dev/loop0p2";
}

/* Arch-like: systemd-boot, kernels in the partition itself. */
static void arch(void **state)
{
	(void)state;
	esp_make("mkdir -p EFI/BOOT loader/entries; echo k >vmlinuz-linux; "
		 "echo i >initramfs-linux.img; echo u >intel-ucode.img; "
		 "echo 'default arch*' >loader/loader.conf; "
		 "printf 'linux /vmlinuz-linux\\ninitrd /intel-ucode.img\\n"
		 "initrd /initramfs-linux.img\\noptions root=PARTUUID=p1\\n"
		 "options rw\\n' >loader/entries/arch.conf; "
		 "printf 'linux /gone\\n' >loader/entries/zzz.conf");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &systemd_boot);
	volume[0].partuuid = (char *)"p1";
	is(true, BOOTCHECK_BOOTS, STEP_DONE,
	   "/boot/efi/loader/entries/arch.conf starts /vmlinuz-linux with");
	sh("rm " ESP "intel-ucode.img");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "/intel-ucode.img");
	sh("rm " ESP "loader/entries/arch.conf");
	is(true, BOOTCHECK_UNSURE, STEP_SKIPPED, "zzz.conf: /gone");
}

static void unified(void **state)
{
	struct pe kernel = {.section = {".linux", ".sbat"}};

	(void)state;
	esp_make("mkdir -p EFI/BOOT EFI/Linux");
	pe_write(ESP "EFI/Linux/a-6.1.efi", &kernel);
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &systemd_boot);
	is(true, BOOTCHECK_UNSURE, STEP_DONE, "EFI/Linux/a-6.1.efi");
	kernel.section[1] = ".cmdline";
	kernel.cmdline = "root=UUID=1111 rw";
	pe_write(ESP "EFI/Linux/a-6.1.efi", &kernel);
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "root=UUID=1111 is there");
	pe_write(ESP "EFI/BOOT/BOOTX64.EFI", &kernel);
	is(true, BOOTCHECK_BOOTS, STEP_DONE, "BOOTX64.EFI: UKI");
}

static void what_is_hostile(void **state)
{
	(void)state;
	make_debian();
	sh("yes '/dev/x /y ext4' | head -n 50000 >guest/etc/fstab");
	assert_int_equal(check(true), BOOTCHECK_UNSURE);
	assert_true(steps.count < 50);
	make_debian();
	sh("rm guest/etc/fstab; mkfifo guest/etc/fstab; "
	   "{ printf 'menuentry x {\\nlinux /boot/vmlinuz-6 root='; "
	   "head -c 500000 /dev/zero | tr '\\0' a; echo; echo '}'; } "
	   ">guest/boot/grub/grub.cfg");
	assert_int_equal(check(true), BOOTCHECK_UNSURE);
	make_debian();
	sh("cd guest/boot; mkdir -p loader/entries; "
	   "printf 'blscfg\\n' >grub/grub.cfg; ln -s loop.conf "
	   "loader/entries/loop.conf; mkfifo loader/entries/f.conf; "
	   "head -c 60000 /dev/urandom >loader/entries/r.conf; "
	   "{ printf 'linux /boot/vmlinuz-6\\noptions '; yes '$a$' | "
	   "head -n 9000 | tr -d '\\n'; } >loader/entries/v.conf");
	assert_int_not_equal(check(true), BOOTCHECK_BOOTS);
}

static int begin(void **state)
{
	int r = esp_begin(state);

	disks = volumes;
	return r;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian_by_uefi),
		cmocka_unit_test(no_way_to_the_disk),
		cmocka_unit_test(each_broken_link),
		cmocka_unit_test(debian_by_bios),
		cmocka_unit_test(rhel),
		cmocka_unit_test(arch),
		cmocka_unit_test(unified),
		cmocka_unit_test(what_is_hostile),
	};

	return cmocka_run_group_tests(tests, begin, esp_end);
}
