/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drivers into an initramfs, with the modules of a real kernel: the one that
 * the build root has.  The result is unpacked by cpio, and modprobe finds the
 * drivers in it. */
#include "inject_case.h"

static void zstd_initramfs(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)all,
				  .scsi = true};

	(void)state;
	make_guest("zstd -q -3 <base.cpio");
	note_base();
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.count, 1);
	assert_int_equal(convert.steps.step[0].outcome, STEP_DONE);
	assert_true(works("zstd -dcq",
			  "virtio_blk virtio_scsi nvme sd_mod ahci ext4"));
	/* A card's driver would give it its name too early. */
	assert_false(works("zstd -dcq", "virtio_net"));
	assert_true(guest_is("test \"$(stat -c %a guest/boot/initrd.img-*)\" = "
			     "600"));
	assert_true(guest_is("cmp -n $(cat base.size) base.img "
			     "guest/boot/initrd.img-*"));
	/* Again: no byte changes. */
	assert_true(guest_is("cp -p guest/boot/initrd.img-* first"));
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_SKIPPED);
	assert_true(guest_is("cmp first guest/boot/initrd.img-*"));
	/* Less, then all of it: ours is replaced, not piled up. */
	convert.modalias = (char **)(uintptr_t)virtio;
	convert.scsi = false;
	assert_int_equal(inject(&convert), 0);
	assert_false(guest_is("cmp -s first guest/boot/initrd.img-*"));
	assert_false(works("zstd -dcq", "nvme"));
	convert.modalias = (char **)(uintptr_t)all;
	convert.scsi = true;
	assert_int_equal(inject(&convert), 0);
	assert_true(guest_is("cmp first guest/boot/initrd.img-*"));
	steps_free(&convert.steps);
}

/* Every codec, microcode in front, as much as a base may have. */
static void every_codec(void **state)
{
	static const char *const packs[][2] = {
		{"cat base.cpio", "cat"},
		{"gzip -c base.cpio", "gzip -dc"},
		{"xz --check=crc32 -0c base.cpio", "xz -dc"},
		{"lz4 -lqc base.cpio", "lz4 -dqc"},
		{"echo base.size | cpio -o -H newc --quiet; zstd -qc base.cpio",
		 "zstd -dqc"},
	};
	double began = io_seconds();

	(void)state;
	for (size_t i = 0; i < sizeof(packs) / sizeof(*packs); i++) {
		struct convert convert = {.modalias = (char **)(uintptr_t)all,
					  .scsi = true};

		make_guest(packs[i][0]);
		note_base();
		began = io_seconds();
		assert_int_equal(inject(&convert), 0);
		print_message("%s: %.0f ms\n", packs[i][1],
			      (io_seconds() - began) * 1000);
		assert_int_equal(convert.steps.step[0].outcome, STEP_DONE);
		assert_true(works(packs[i][1],
				  "virtio_blk virtio_scsi nvme ahci ext4"));
		assert_int_equal(inject(&convert), 0);
		assert_int_equal(convert.steps.step[0].outcome, STEP_SKIPPED);
		steps_free(&convert.steps);
	}
}

/* The initramfs that the build root's own tool made has all drivers. */
static void a_real_one(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)all,
				  .scsi = true};

	(void)state;
	make_guest("cat /boot/initrd.img-$v");
	note_base();
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_SKIPPED);
	assert_true(guest_is("cmp base.img guest/boot/initrd.img-*"));
	steps_free(&convert.steps);
}

/* Three kernels: how long it takes, for information. */
static void three_kernels(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)all,
				  .scsi = true};
	double began;

	(void)state;
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is("cd guest/boot; for i in initrd.img-*; do cp $i "
			     "initramfs-${i#*-}.img; cp $i initrd-${i#*-}; "
			     "done"));
	began = io_seconds();
	assert_int_equal(inject(&convert), 0);
	print_message("three initramfs: %.0f ms\n",
		      (io_seconds() - began) * 1000);
	assert_int_equal(convert.steps.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(convert.steps.step[i].outcome, STEP_DONE);
	steps_free(&convert.steps);
}

/* What cannot boot: an error when it is the only kernel, else a line. */
static void what_can_not_be_helped(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)all,
				  .scsi = true};

	(void)state;
	/* No driver for NVMe, in no form. */
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is("sed -i '/\\/nvme.ko/d' "
			     "guest/usr/lib/modules/*/modules.dep"));
	note_base();
	assert_int_equal(inject(&convert), -ENODEV);
	assert_int_equal(convert.steps.step[0].outcome, STEP_FAILED);
	assert_non_null(strstr(convert.steps.step[0].text, "nvme"));
	assert_true(guest_is("cmp base.img guest/boot/initrd.img-*"));
	/* A second kernel that can boot makes it a line. */
	assert_true(guest_is(
		"cd guest; v=$(ls usr/lib/modules); "
		"cp -rlf ../modules/$v usr/lib/modules/; "
		"echo >boot/vmlinuz-5.0; printf junk >boot/initrd.img-5.0"));
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.count, 2);
	assert_int_equal(convert.steps.step[0].outcome, STEP_DONE);
	assert_int_equal(convert.steps.step[1].outcome, STEP_FAILED);
	/* No directory of modules. */
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is("rm -r guest/usr/lib/modules/*"));
	assert_int_equal(inject(&convert), -ENOENT);
	/* No kernel. */
	guest_make("mkdir boot");
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_FAILED);
	assert_non_null(strstr(convert.steps.step[0].text, "no kernel"));
	/* Nothing that could load a module. */
	make_guest("(cd base; find usr/lib/modules lib | cpio -o -H newc "
		   "--quiet) | zstd -qc");
	assert_int_equal(inject(&convert), -ENOENT);
	assert_non_null(strstr(convert.steps.step[0].text, "can load"));
	steps_free(&convert.steps);
}

/* An initramfs without the rule of udev is told what to load. */
static void without_udev(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)virtio};

	(void)state;
	make_guest("cd base; rm usr/lib/udev/rules.d/*; echo loop "
		   ">conf/modules; find . | cpio -o -H newc --quiet | "
		   "zstd -qc");
	note_base();
	assert_int_equal(inject(&convert), 0);
	assert_true(works("zstd -dqc", "virtio_blk"));
	assert_true(guest_is("test \"$(cat all/conf/modules)\" = "
			     "\"loop\nvirtio_blk\""));
	steps_free(&convert.steps);
}

static void settings_are_kept(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)virtio,
				  .scsi = true};

	(void)state;
	make_guest("zstd -qc base.cpio");
	assert_true(guest_is(
		"cd guest; mkdir -p etc/initramfs-tools usr/lib/dracut "
		"etc/mkinitcpio.conf.d etc/sysconfig; echo loop "
		">etc/initramfs-tools/modules; echo >etc/mkinitcpio.conf; "
		"printf 'A=\"b\"\nINITRD_MODULES=\"xx sd_mod\"\nB=1\n' "
		">etc/sysconfig/kernel"));
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(convert.steps.step[i].outcome, STEP_DONE);
	assert_true(
		guest_is("test \"$(cat guest/etc/initramfs-tools/modules)\" "
			 "= 'loop\n# lander: drivers of this machine'\"'\"'"
			 "s disk\nvirtio_blk\nvirtio_pci\nsd_mod\n"
			 "# lander: end'"));
	assert_true(guest_is("grep -qx 'add_drivers+=\" virtio_blk "
			     "virtio_pci sd_mod \"' "
			     "guest/etc/dracut.conf.d/90-lander.conf"));
	assert_true(guest_is("grep -qx 'MODULES+=(virtio_blk? virtio_pci? "
			     "sd_mod?)' "
			     "guest/etc/mkinitcpio.conf.d/lander.conf"));
	assert_true(guest_is("printf 'A=\"b\"\nINITRD_MODULES=\"xx sd_mod "
			     "virtio_blk virtio_pci\"\nB=1\n' | cmp - "
			     "guest/etc/sysconfig/kernel"));
	assert_true(guest_is("cp -a guest/etc before"));
	assert_int_equal(inject(&convert), 0);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(convert.steps.step[i].outcome, STEP_SKIPPED);
	assert_true(guest_is("diff -r before guest/etc"));
	/* Fewer drivers: the block is replaced. */
	convert.scsi = false;
	assert_int_equal(inject(&convert), 0);
	assert_true(guest_is("test $(wc -l <guest/etc/initramfs-tools/modules) "
			     "= 5"));
	steps_free(&convert.steps);
}

/* A file system with no room for a second copy, then with none at all. */
static void a_full_boot(void **state)
{
	struct convert convert = {.modalias = (char **)(uintptr_t)all,
				  .scsi = true};

	(void)state;
	make_guest("zstd -qc base.cpio; head -c 4M /dev/zero");
	note_base();
	if (!guest_is("rm -rf boot; mv guest/boot boot; mkdir guest/boot; "
		      "mount -t tmpfs -o size=$(($(du -sk boot | cut -f 1) + "
		      "800))k tmpfs guest/boot; cp -p boot/* guest/boot/"))
		skip();
	assert_int_equal(inject(&convert), 0);
	assert_non_null(strstr(convert.steps.step[0].text, "in place"));
	assert_true(works("zstd -dcq", "virtio_blk nvme"));
	assert_true(guest_is("test $(ls -A guest/boot | wc -l) = 2"));
	assert_int_equal(inject(&convert), 0);
	assert_int_equal(convert.steps.step[0].outcome, STEP_SKIPPED);
	/* 100 KiB left: said, and the base is what it was. */
	assert_true(guest_is("cp boot/initrd* guest/boot/; head -c 700K "
			     "/dev/zero >guest/boot/other"));
	assert_int_equal(inject(&convert), -ENOSPC);
	assert_non_null(strstr(convert.steps.step[0].text, "needs"));
	assert_true(guest_is("cmp boot/initrd.img-* guest/boot/initrd.img-*"));
	assert_true(guest_is("umount guest/boot"));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zstd_initramfs),
		cmocka_unit_test(every_codec),
		cmocka_unit_test(a_real_one),
		cmocka_unit_test(three_kernels),
		cmocka_unit_test(what_can_not_be_helped),
		cmocka_unit_test(without_udev),
		cmocka_unit_test(settings_are_kept),
		cmocka_unit_test(a_full_boot),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
