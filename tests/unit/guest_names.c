/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of disks in whole trees, before and after.  Golden trees after
 * Debian's, Red Hat's, SUSE's and Arch's ways; none of them is booted here. */
#include "guest/names.h"
#include "guest_golden.h"

#define ROWS(row) row, sizeof(row) / sizeof(*(row))

static struct volume volume_of(const char *device, const char *fs,
			       const char *uuid, const char *partuuid,
			       unsigned int number)
{
	return (struct volume){.device = TEXT(device),
			       .fs = TEXT(fs),
			       .uuid = TEXT(uuid),
			       .partuuid = TEXT(partuuid),
			       .number = number};
}

/* Converts twice: the second time changes nothing. */
static int convert_it(struct convert *convert)
{
	struct error *error = NULL;
	char *before;
	char *after;
	int r = names_convert(convert, &error);

	if (r < 0) {
		assert_int_equal(error->kind, ERROR_CONVERT);
		print_message("%s\n", error->msg);
		error_free(error);
		return r;
	}
	guest_stayed_inside();
	before = golden_state();
	{
		struct convert again = *convert;

		again.steps = (struct steps){0};
		assert_int_equal(names_convert(&again, NULL), 0);
		if (golden_count(&again, STEP_DONE))
			fail_msg("the second run says it did something");
		steps_free(&again.steps);
	}
	after = golden_state();
	assert_string_equal(before, after);
	free(before);
	free(after);
	return 0;
}

static void debian(void **state)
{
	static const char menu[] =
		"menuentry 'Debian' {\n"
		"\tsearch --no-floppy --fs-uuid --set=root aaaa\n"
		"\tset root='hd0,msdos1'\n"
		"\tlinux\t/boot/vmlinuz-5 root=/dev/sda1 ro  resume=/dev/sda5 "
		"quiet\n"
		"\tinitrd\t/boot/initrd.img-5\n"
		"}\n"
		"menuentry 'small' {\n"
		"\tlinux\t/boot/vmlinuz-4 \"root=/dev/sda1\" ro\n"
		"}\n";
	static const struct golden row[] = {
		{"/etc/fstab",
		 "# / was on /dev/sda1 during installation\n"
		 "/dev/sda1       /               ext4    "
		 "errors=remount-ro 0       1\n"
		 "/dev/sda5\tnone\tswap\tsw\t0 0\n"
		 "/dev/sda6  /home ext3 defaults 0 2\n"
		 "/dev/sdb1  /data xfs defaults 0 2 # the big one\n"
		 "/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0\n"
		 "/dev/sr1 /cd iso9660 ro 0 0\n"
		 "srv:/home /srv nfs defaults 0 0\n"
		 ".host:/s /mnt/hgfs fuse.vmhgfs-fuse allow_other 0 0\n"
		 "tmpfs /tmp tmpfs\n",
		 "# / was on /dev/sda1 during installation\n"
		 "UUID=aaaa       /               ext4    "
		 "errors=remount-ro 0       1\n"
		 "UUID=5555\tnone\tswap\tsw\t0 0\n"
		 "UUID=6666  /home ext3 defaults 0 2\n"
		 "/dev/sdb1  /data xfs "
		 "defaults,nofail,x-systemd.device-timeout=10s 0 2 # the big "
		 "one\n"
		 "/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0\n"
		 "/dev/sr1 /cd iso9660 "
		 "ro,nofail,x-systemd.device-timeout=10s 0 0\n"
		 "srv:/home /srv nfs defaults 0 0\n"
		 ".host:/s /mnt/hgfs fuse.vmhgfs-fuse allow_other,nofail 0 0\n"
		 "tmpfs /tmp tmpfs\n"},
		{"/etc/crypttab",
		 "# <target name> <source device> <key file> <options>\n"
		 "secret /dev/sda7 none luks,discard\n",
		 "# <target name> <source device> <key file> <options>\n"
		 "secret UUID=7777 none luks,discard\n"},
		{"/etc/default/grub",
		 "# root=/dev/sda1\n"
		 "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet resume=/dev/sda5\"\n"
		 "GRUB_CMDLINE_LINUX=\"\"\n"
		 "GRUB_DEVICE=\"/dev/sda1\"\n",
		 "# root=/dev/sda1\n"
		 "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet resume=UUID=5555\"\n"
		 "GRUB_CMDLINE_LINUX=\"\"\n"
		 "GRUB_DEVICE=\"/dev/disk/by-uuid/aaaa\"\n"},
		{"/etc/initramfs-tools/conf.d/resume", "RESUME=/dev/sda5\n",
		 "RESUME=UUID=5555\n"},
		{"/boot/grub/grub.cfg", menu,
		 "menuentry 'Debian' {\n"
		 "\tsearch --no-floppy --fs-uuid --set=root aaaa\n"
		 "\tset root='hd0,msdos1'\n"
		 "\tlinux\t/boot/vmlinuz-5 root=UUID=aaaa ro  resume=UUID=5555 "
		 "quiet\n"
		 "\tinitrd\t/boot/initrd.img-5\n"
		 "}\n"
		 "menuentry 'small' {\n"
		 "\tlinux\t/boot/vmlinuz-4 \"root=PARTUUID=d-01\" ro\n"
		 "}\n"},
		{"/etc/fstab.lander-bak", NULL, NULL},
		{"/boot/initrd.img-5", "x", "x"},
		{"/lib/systemd/systemd", "x", "x"},
	};
	struct volume volume[] = {
		volume_of("/dev/vda1", "ext4", "aaaa", "d-01", 1),
		volume_of("/dev/vda5", "swap", "5555", "d-05", 5),
		volume_of("/dev/vda6", "ext3", "6666", "d-06", 6),
		volume_of("/dev/vda7", "crypto_LUKS", "7777", "d-07", 7),
	};
	struct volumes volumes = {.volume = volume, .count = 4};
	struct convert convert = {.root = "guest",
				  .volumes = &volumes,
				  .root_volume = &volume[0]};

	(void)state;
	golden_make(ROWS(row));
	assert_int_equal(convert_it(&convert), 0);
	assert_true(guest_is("test -e guest/etc/fstab.lander-bak"));
	assert_true(golden_told(&convert, STEP_DONE, "/dev/sdb1 on /data"));
	assert_true(guest_is("rm guest/etc/fstab.lander-bak"));
	golden_check(ROWS(row));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
