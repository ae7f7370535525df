/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drivers into an initramfs, with the modules of a real kernel: the one that
 * the build root has.  The result is unpacked by cpio, and modprobe finds the
 * drivers in it. */
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "guest/convert.h"
#include "guest/depmod.h"
#include "guest/inject.h"
#include "guest_tree.h"

static const char *const virtio[] = {
	"virtio:d00000002v00001AF4",
	"pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc80i00", NULL};
static const char *const all[] = {
	"virtio:d00000002v00001AF4",
	"virtio:d00000008v00001AF4",
	"pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc80i00",
	"pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02",
	"pci:v00001AF4d00001041sv00001AF4sd00001100bc02sc00i00",
	"virtio:d00000001v00001AF4",
	NULL};

/* A guest with the kernel of the build root and an initramfs that knows AHCI
 * and ext4 only, packed by the command given. */
static void make_guest(const char *pack)
{
	char script[4096];

	(void)snprintf(
		script, sizeof(script),
		"v=$(ls /usr/lib/modules | head -n 1)\n"
		"mkdir -p boot etc usr/lib/modules\n"
		"ln -s usr/lib lib\n"
		"cp -r /usr/lib/modules/$v usr/lib/modules/\n"
		"cp /boot/vmlinuz-$v boot/\n"
		"mkdir -p ../base; cd ../base; rm -rf ./*\n"
		"mkdir -p conf usr/bin usr/lib/modules/$v "
		"usr/lib/udev/rules.d\n"
		"ln -s usr/lib lib; ln -s usr/bin bin\n"
		"echo x >conf/initramfs.conf; echo x >usr/bin/kmod\n"
		"echo x >usr/lib/udev/rules.d/80-drivers.rules\n"
		"m=usr/lib/modules/$v\n"
		"for d in ahci ext4; do\n"
		"  modprobe -S $v --show-depends $d | while read -r w f x\n"
		"  do\n"
		"    test $w = insmod || continue\n"
		"    f=${f#*/modules/$v/}\n"
		"    mkdir -p $m/${f%%/*}; cp /usr/lib/modules/$v/$f $m/$f\n"
		"  done\n"
		"done\n"
		"cp /$m/modules.order /$m/modules.builtin* $m/\n"
		"depmod -b . $v\n"
		"find . | LC_ALL=C sort | cpio -o -H newc --quiet "
		">../base.cpio\n"
		"cd ..; (%s) >guest/boot/initrd.img-$v\n"
		"chmod 600 guest/boot/initrd.img-$v\n",
		pack);
	guest_make(script);
	depmod_set_stage("stage");
}

static int inject(struct convert *convert)
{
	struct error *error = NULL;
	double began = io_seconds();
	int r;

	steps_free(&convert->steps);
	convert->root = "guest";
	r = inject_convert(convert, &error);
	for (size_t i = 0; i < convert->steps.count; i++)
		print_message("  %s: %s\n",
			      steps_word(convert->steps.step[i].outcome),
			      convert->steps.step[i].text);
	print_message("  %.0f ms, %s\n", (io_seconds() - began) * 1000,
		      error ? error->msg : "no error");
	if (r < 0)
		assert_int_equal(error->kind, ERROR_CONVERT);
	error_free(error);
	guest_stayed_inside();
	assert_true(guest_is("test \"$(ls stage | wc -l)\" = 0"));
	return r;
}

/* Unpacks all after the base with other programs, and asks modprobe. */
static bool works(const char *unpack, const char *names)
{
	char script[2048];

	(void)snprintf(
		script, sizeof(script),
		"v=$(ls guest/usr/lib/modules)\n"
		"rm -rf all; mkdir all; cd all\n"
		"cpio -id --quiet <../base.cpio\n"
		"tail -c +$(($(cat ../base.size) + 1)) "
		"../guest/boot/initrd.img-$v | %s | cpio -idu --quiet\n"
		"test -L lib; test -f .lander-initramfs-segment\n"
		"for d in %s; do\n"
		"  modprobe -d . -S $v --show-depends $d >../depends\n"
		"  while read -r w f x; do\n"
		"    case $w in insmod) test -s $f ;; builtin) ;; *) exit 1 ;; "
		"esac\n"
		"  done <../depends\n"
		"done",
		unpack, names);
	return guest_is(script);
}

static void note_base(void)
{
	assert_true(guest_is("stat -c %s guest/boot/initrd.img-* >base.size; "
			     "cp guest/boot/initrd.img-* base.img"));
}

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
		"cp -r /usr/lib/modules/$v usr/lib/modules/; "
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
	assert_int_equal(inject(&convert), -ENOENT);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zstd_initramfs),
		cmocka_unit_test(every_codec),
		cmocka_unit_test(three_kernels),
		cmocka_unit_test(what_can_not_be_helped),
		cmocka_unit_test(without_udev),
		cmocka_unit_test(settings_are_kept),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
