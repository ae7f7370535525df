/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole trees for a new layout: the tables by newlayout_apply(), then the
 * conversion's names with the layout known. */
#include "fit_case.h"
#include "guest/names.h"
#include "guest/newlayout.h"
#include "guest_golden.h"
#include "plan/fit_old.h"

/* /boot on a mirror, the root in a container, swap; on one disk without both,
 * without swap, and the root is ext4. */
static const char machine[] =
	"disk sda 20G gpt\n"
	"part sda1 1G raid\n"
	"part sda2 2G swap swap\n"
	"part sda3 16G luks\n"
	"disk sdb 20G gpt\n"
	"part sdb1 1G raid\n"
	"md md0 raid1 1.0 1G sda1,sdb1 ext4 at=/boot used=100M\n"
	"crypt root 16G 2 sda3 xfs at=/ used=2G\n"
	"target /dev/vda 20G sda,sdb\n"
	"plain\n"
	"part swap size=0\n"
	"part / fstype=ext4\n";

#define MD "a0000000:b0000000:c0000000:d0000000"

static const struct golden other[] = {
	{"/etc/fstab",
	 "/dev/mapper/root / xfs defaults,logbufs=8 0 0\n"
	 "/dev/md0\t/boot ext4 defaults 1 2\n"
	 "UUID=uuid-sda2 none swap sw 0 0\n",
	 "UUID=uuid-root / ext4 defaults 0 0\n"
	 "UUID=uuid-md0\t/boot ext4 defaults 1 2\n"
	 "# lander: sda2: swap was left out, as the job said\n"
	 "# UUID=uuid-sda2 none swap sw 0 0\n"},
	{"/etc/crypttab", "root UUID=uuid-sda3 none discard\n",
	 "# lander: it is not encrypted any more, as the job said\n"
	 "# root UUID=uuid-sda3 none discard\n"},
	{"/etc/mdadm.conf", "MAILADDR root\nARRAY /dev/md/md0 UUID=" MD "\n",
	 "MAILADDR root\n# lander: md0: no array any more, one disk\n"
	 "# ARRAY /dev/md/md0 UUID=" MD "\n"},
	{"/boot/initramfs-6.img", "x", "x"},
	{"/boot/loader/entries/a.conf",
	 "title a\n"
	 "options root=/dev/mapper/root ro rd.luks.uuid=luks-uuid-sda3 "
	 "rd.luks.options=uuid-sda3=discard rd.md.uuid=" MD
	 " rootfstype=xfs resume=UUID=uuid-sda2 quiet rd.luks.uuid=luks-9999999"
	 "\n"
	 "initrd /initramfs-6.img\n",
	 "title a\n"
	 "options root=UUID=uuid-root ro rootfstype=ext4 quiet "
	 "rd.luks.uuid=luks-9999999\n"
	 "initrd /initramfs-6.img\n"},
	{"/etc/default/grub",
	 "GRUB_CMDLINE_LINUX=\"rd.luks.uuid=uuid-sda3\"\n"
	 "GRUB_CMDLINE_LINUX_DEFAULT='resume=/dev/sda2 "
	 "cryptdevice=UUID=uuid-sda3:root:allow-discards root=/dev/dm-7'\n"
	 "GRUB_DEVICE=/dev/mapper/root\n",
	 "GRUB_CMDLINE_LINUX=\"\"\n"
	 "GRUB_CMDLINE_LINUX_DEFAULT=' root=UUID=uuid-root'\n"
	 "GRUB_DEVICE=/dev/disk/by-uuid/uuid-root\n"},
	{"/etc/initramfs-tools/conf.d/resume", "RESUME=/dev/sda2\n",
	 "RESUME=none\n"},
	{"/etc/systemd/system/boot.mount", "[Mount]\nWhat=/dev/md/md0\n",
	 "[Mount]\nWhat=/dev/disk/by-uuid/uuid-md0\n"},
};

static const char same_machine[] =
	"disk sda 20G gpt\n"
	"part sda1 1G linux ext4 at=/boot used=100M\n"
	"part sda2 16G luks\n"
	"crypt root 16G 2 sda2 xfs at=/ used=2G\n"
	"target /dev/vda 20G sda\n";

static const struct golden same[] = {
	{"/etc/fstab",
	 "/dev/mapper/root / xfs defaults 0 0\n"
	 "UUID=uuid-sda1 /boot ext4 defaults 1 2\n",
	 "/dev/mapper/root / xfs defaults 0 0\n"
	 "UUID=uuid-sda1 /boot ext4 defaults 1 2\n"},
	{"/etc/crypttab", "root UUID=uuid-sda2 none\n",
	 "root UUID=uuid-sda2 none\n"},
	{"/boot/initramfs-6.img", "x", "x"},
	{"/boot/loader/entries/a.conf",
	 "options root=/dev/mapper/root rd.luks.uuid=luks-uuid-sda2 "
	 "rootfstype=xfs\ninitrd /initramfs-6.img\n",
	 "options root=/dev/mapper/root rd.luks.uuid=luks-uuid-sda2 "
	 "rootfstype=xfs\ninitrd /initramfs-6.img\n"},
};

struct whole {
	struct fit_case *c;
	struct fit fit;
	struct newlayout layout;
};

static void begin(const char *words, struct whole *whole)
{
	whole->c = case_read(words);
	assert_int_equal(fit_make(&whole->c->order, &whole->fit, NULL), 0);
	assert_int_equal(
		fit_old(&whole->c->order, &whole->fit, &whole->layout, NULL),
		0);
}

static void end(struct whole *whole)
{
	newlayout_done(&whole->layout);
	fit_done(&whole->fit);
	case_free(whole->c);
}

/* Twice: the second time changes nothing. */
static size_t apply(const struct whole *whole, int want)
{
	struct steps steps = {0};
	struct steps again = {0};
	size_t count;
	char *before;
	char *after;

	/* What is predicted is never less than what is done. */
	assert_true(newlayout_may_rebuild(&whole->layout) || !want);
	assert_int_equal(newlayout_apply(&whole->layout, "guest", &steps, NULL),
			 want);
	guest_stayed_inside();
	before = golden_state();
	assert_int_equal(newlayout_apply(&whole->layout, "guest", &again, NULL),
			 want);
	after = golden_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
	count = steps.count;
	assert_int_equal(again.count, 0);
	steps_free(&steps);
	steps_free(&again);
	return count;
}

static void another_layout(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "uuid-md0", "d-01", 1),
		golden_volume("/dev/vda2", "ext4", "uuid-root", "d-02", 2),
	};
	struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {
		.root = "guest", .volumes = &volumes, .disks = 1};
	struct whole whole;

	(void)state;
	begin(machine, &whole);
	golden_make(GOLDEN_ROWS(other));
	assert_int_equal(apply(&whole, 1), 7);
	assert_true(guest_is("grep -q ^/dev/md0 guest/etc/fstab.lander-bak"));
	convert.layout = &whole.layout;
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(other));
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	steps_free(&convert.steps);
	end(&whole);
}

/* Without the layout those words are nobody's business. */
static void the_same_layout(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "uuid-sda1", "d-01", 1),
		golden_volume("/dev/vda2", "crypto_LUKS", "uuid-sda2", "d-02",
			      2),
		golden_volume("/dev/mapper/root", "xfs", "uuid-root", NULL, 0),
	};
	struct volumes volumes = {.volume = volume, .count = 3};
	struct convert convert = {
		.root = "guest", .volumes = &volumes, .disks = 1};
	struct whole whole;

	(void)state;
	volume[2].kind = VOLUME_LUKS;
	volume[2].holder = 1;
	begin(same_machine, &whole);
	golden_make(GOLDEN_ROWS(same));
	assert_int_equal(apply(&whole, 0), 0);
	assert_false(guest_is("ls guest/etc | grep lander"));
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(same));
	steps_free(&convert.steps);
	convert.layout = &whole.layout;
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(same));
	steps_free(&convert.steps);
	end(&whole);
}

/* Swap files are copied, but for those that the job left out. */
static const struct golden swaps[] = {
	{"/etc/fstab",
	 "/dev/mapper/root / xfs defaults 0 0\n"
	 "/swap/file none swap sw 0 0\n"
	 "/var/gone none swap sw 0 0\n",
	 "/dev/mapper/root / xfs defaults 0 0\n"
	 "/swap/file none swap sw 0 0\n"
	 "# lander: /var/gone: the swap file was not copied\n"
	 "# /var/gone none swap sw 0 0\n"},
	{"/swap/file", "x", "x"},
};

static void swap_files(void **state)
{
	struct whole whole;

	(void)state;
	begin(same_machine, &whole);
	golden_make(GOLDEN_ROWS(swaps));
	assert_int_equal(apply(&whole, 0), 1);
	golden_check(GOLDEN_ROWS(swaps));
	end(&whole);
}

/* A tree that is not as it should be: nothing outside of it is read or
 * written, and no file is half written. */
static void hostile_trees(void **state)
{
	struct steps steps = {0};
	struct whole whole;

	(void)state;
	begin(machine, &whole);
	guest_make("mkdir -p etc/mdadm\n"
		   "ln -s ../../../../outside/secret etc/fstab\n"
		   "ln -s /outside/secret etc/crypttab\n"
		   "mkfifo etc/mdadm.conf\n"
		   "mkdir etc/mdadm/mdadm.conf\n");
	(void)newlayout_apply(&whole.layout, "guest", &steps, NULL);
	guest_stayed_inside();
	steps_free(&steps);
	end(&whole);
}

static void nothing_to_rebuild(void **state)
{
	static const char words[] = "disk sda 8G gpt\n"
				    "part sda1 1M bios\n"
				    "part sda2 7G linux ext4 at=/ used=2G\n"
				    "target /dev/vda 40G sda\n"
				    "part /var size=4G\n";
	struct whole whole;

	(void)state;
	begin(words, &whole);
	assert_false(newlayout_may_rebuild(&whole.layout));
	end(&whole);
}

/* No fstab: what is new is told to the system all the same. */
static void no_fstab(void **state)
{
	static const char words[] = "disk sda 8G gpt\n"
				    "part sda1 1M bios\n"
				    "part sda2 7G linux ext4 at=/ used=2G\n"
				    "target /dev/vda 40G sda\n"
				    "part /usr size=4G\n";
	struct steps steps = {0};
	struct whole whole;

	(void)state;
	begin(words, &whole);
	guest_make("true");
	/* /usr is mounted by the initramfs. */
	assert_int_equal(newlayout_apply(&whole.layout, "guest", &steps, NULL),
			 1);
	assert_true(guest_is("grep -q '^UUID=[0-9a-f-]* /usr ext4 defaults 0 "
			     "2$' guest/etc/fstab"));
	steps_free(&steps);
	end(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_layout),
		cmocka_unit_test(the_same_layout),
		cmocka_unit_test(swap_files),
		cmocka_unit_test(hostile_trees),
		cmocka_unit_test(nothing_to_rebuild),
		cmocka_unit_test(no_fstab),
	};

	return cmocka_run_group_tests_name("guest/newlayout, trees", tests,
					   scratch_open, scratch_close);
}
