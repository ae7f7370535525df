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

static const char debian_menu[] =
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
static const struct golden debian_tree[] = {
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
	{"/boot/grub/grub.cfg", debian_menu,
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
	{"/boot/initrd.img-5", "x", "x"},
	{"/lib/systemd/systemd", "x", "x"},
};
/* Converts this tree on a machine with these volumes, the first of which is
 * the root, and compares. */
static void golden(const struct golden *row, size_t rows,
		   const struct volumes *volumes, struct convert *ret_convert)
{
	struct convert convert = {.root = "guest",
				  .volumes = volumes,
				  .root_volume = &volumes->volume[0]};

	golden_make(row, rows);
	assert_int_equal(convert_it(&convert), 0);
	golden_check(row, rows);
	*ret_convert = convert;
}

static void debian(void **state)
{
	struct volume volume[] = {
		volume_of("/dev/vda1", "ext4", "aaaa", "d-01", 1),
		volume_of("/dev/vda5", "swap", "5555", "d-05", 5),
		volume_of("/dev/vda6", "ext3", "6666", "d-06", 6),
		volume_of("/dev/vda7", "crypto_LUKS", "7777", "d-07", 7),
	};
	const struct volumes volumes = {.volume = volume, .count = 4};
	struct convert convert;

	(void)state;
	golden(ROWS(debian_tree), &volumes, &convert);
	assert_true(guest_is("test -e guest/etc/fstab.lander-bak"));
	assert_true(golden_told(&convert, STEP_DONE, "/dev/sdb1 on /data"));
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	/* mkinitramfs reads whatever is in there. */
	assert_true(guest_is("test \"$(ls guest/etc/initramfs-tools/conf.d)\" "
			     "= resume"));
	assert_true(guest_is("grep -q sda5 "
			     "guest/etc/initramfs-tools/resume.lander-bak"));
	if (guest_is("command -v findmnt >/dev/null"))
		assert_true(guest_is(
			"findmnt --verify --tab-file guest/etc/fstab 2>&1 | "
			"grep -q '^0 parse errors'"));
	steps_free(&convert.steps);
}

static char block_before[1025];
static char block_after[1025];

static const struct golden redhat_tree[] = {
	{"/etc/fstab",
	 "#\n# /etc/fstab\n#\n"
	 "/dev/mapper/rhel-root   /      xfs     defaults        0 0\n"
	 "/dev/sda1               /boot  xfs     defaults        0 0\n"
	 "/dev/mapper/rhel-swap   none   swap    defaults        0 0\n"
	 "LABEL=gone /opt xfs defaults 0 0\n",
	 "#\n# /etc/fstab\n#\n"
	 "/dev/mapper/rhel-root   /      xfs     defaults        0 0\n"
	 "UUID=b007               /boot  xfs     defaults        0 0\n"
	 "/dev/mapper/rhel-swap   none   swap    defaults        0 0\n"
	 "LABEL=gone /opt xfs defaults,nofail,x-systemd.device-timeout=10s "
	 "0 0\n"},
	{"/boot/grub2/grubenv", block_before, block_after},
	{"/boot/loader/entries/abc-5.conf",
	 "title Red Hat\nlinux /vmlinuz-5\ninitrd /initramfs-5.img\n"
	 "options $kernelopts $tuned_params\n",
	 "title Red Hat\nlinux /vmlinuz-5\ninitrd /initramfs-5.img\n"
	 "options $kernelopts $tuned_params\n"},
	{"/boot/loader/entries/abc-6.conf",
	 "title x\nlinux /vmlinuz-6\n"
	 "options root=/dev/mapper/rhel-root boot=/dev/sda1 ro\n"
	 "initrd /initramfs-6.img $tuned_initrd\n",
	 "title x\nlinux /vmlinuz-6\n"
	 "options root=/dev/mapper/rhel-root boot=UUID=b007 ro\n"
	 "initrd /initramfs-6.img $tuned_initrd\n"},
	{"/etc/kernel/cmdline", "root=/dev/mapper/rhel-root boot=/dev/sda1 ro",
	 "root=/dev/mapper/rhel-root boot=UUID=b007 ro"},
	{"/boot/initramfs-5.img", "x", "x"},
	{"/boot/grub2/device.map", "(hd0) /dev/sda\n", NULL},
	{"/etc/lvm/devices/system.devices",
	 "# LVM\nIDTYPE=sys_wwid IDNAME=t10.VBOX DEVNAME=/dev/sda2 PVID=x\n",
	 NULL},
	{"/etc/lvm/cache/.cache", "valid_devices=[]\n", NULL},
	{"/etc/lvm/archive/x.vg", "x", "x"},
	{"/etc/lvm/lvm.conf",
	 "devices {\n"
	 "\t# filter = [ \"a|/dev/sda|\", \"r|.*|\" ]\n"
	 "\tfilter = [ \"a|^/dev/sda[0-9]*$|\", \"r|.*|\" ]\n"
	 "\tglobal_filter = [ \"r|/dev/drbd.*|\" ]\n}\n",
	 "devices {\n"
	 "\t# filter = [ \"a|/dev/sda|\", \"r|.*|\" ]\n"
	 "# \tfilter = [ \"a|^/dev/sda[0-9]*$|\", \"r|.*|\" ]\n"
	 "\tglobal_filter = [ \"r|/dev/drbd.*|\" ]\n}\n"},
	{"/etc/multipath/wwids", "# none\n", "# none\n"},
	{"/etc/multipath/bindings", "# x\nmpatha 3600\n", NULL},
	{"/usr/lib/systemd/systemd", "x", "x"},
};

static void make_block(char *block, const char *root)
{
	int length = snprintf(block, 1025,
			      "# GRUB Environment Block\nsaved_entry=abc-5\n"
			      "kernelopts=root=/dev/mapper/rhel-root %s ro\n",
			      root);

	memset(block + length, '#', 1024 - (size_t)length);
	block[1024] = '\0';
}

static void redhat(void **state)
{
	struct volume volume[] = {
		volume_of("/dev/mapper/rhel-root", "xfs", "r007", NULL, 0),
		volume_of("/dev/mapper/rhel-swap", "swap", "5a5a", NULL, 0),
		volume_of("/dev/vda1", "xfs", "b007", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 3};
	struct convert convert;

	(void)state;
	make_block(block_before, "boot=/dev/sda1 resume=/dev/rhel/swap");
	make_block(block_after, "boot=UUID=b007 resume=/dev/rhel/swap");
	golden(ROWS(redhat_tree), &volumes, &convert);
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	steps_free(&convert.steps);
}

#define BY_ID "/dev/disk/by-id/ata-VMware_Disk_00"

static const struct golden suse_tree[] = {
	{"/etc/fstab",
	 BY_ID "-part2 / btrfs defaults 0 0\n" BY_ID
	       "-part2 /var btrfs subvol=@/var 0 0\n" BY_ID
	       "-part2 /.snapshots btrfs subvol=/@/.snapshots 0 0\n" BY_ID
	       "-part1 swap swap defaults 0 0\n" BY_ID
	       "-part4 /data xfs defaults\n",
	 "UUID=b7b7 / btrfs defaults 0 0\n"
	 "UUID=b7b7 /var btrfs subvol=@/var 0 0\n"
	 "UUID=b7b7 /.snapshots btrfs subvol=/@/.snapshots 0 0\n"
	 "UUID=5a5a swap swap defaults 0 0\n" BY_ID
	 "-part4 /data xfs defaults,nofail\n"},
	{"/etc/default/grub",
	 "GRUB_CMDLINE_LINUX_DEFAULT='resume=" BY_ID "-part1 splash=silent'\n",
	 "GRUB_CMDLINE_LINUX_DEFAULT='resume=UUID=5a5a splash=silent'\n"},
	{"/boot/grub2/grub.cfg",
	 "menuentry 'SLES' --class sles {\n"
	 "  set root='hd0,msdos2'\n"
	 "  linux /boot/vmlinuz root=" BY_ID "-part2 ${extra_cmdline} "
	 "resume=" BY_ID "-part1\n"
	 "  initrd /boot/initrd\n}\n",
	 "menuentry 'SLES' --class sles {\n"
	 "  set root='hd0,msdos2'\n"
	 "  linux /boot/vmlinuz root=UUID=b7b7 ${extra_cmdline} "
	 "resume=UUID=5a5a\n"
	 "  initrd /boot/initrd\n}\n"},
	{"/etc/dracut.conf.d/99.conf",
	 "# resume=/dev/sda1\nkernel_cmdline+=\" resume=/dev/sda1 \"\n",
	 "# resume=/dev/sda1\nkernel_cmdline+=\" resume=UUID=5a5a \"\n"},
	{"/boot/initrd", "x", "x"},
};

static void suse(void **state)
{
	struct volume volume[] = {
		volume_of("/dev/vda2", "btrfs", "b7b7", "d-02", 2),
		volume_of("/dev/vda1", "swap", "5a5a", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert;

	(void)state;
	golden(ROWS(suse_tree), &volumes, &convert);
	steps_free(&convert.steps);
}

static const struct golden arch_tree[] = {
	{"/etc/fstab",
	 "/dev/mapper/cryptroot / ext4 rw,relatime 0 1\n"
	 "/dev/nvme0n1p1 /boot vfat rw,fmask=0022 0 2\n",
	 "/dev/mapper/cryptroot / ext4 rw,relatime 0 1\n"
	 "UUID=AB-CD /boot vfat rw,fmask=0022 0 2\n"},
	{"/etc/crypttab",
	 "swap /dev/nvme0n1p4 /dev/urandom swap,cipher=aes\n"
	 "data /dev/nvme0n1p5\n",
	 "swap /dev/nvme0n1p4 /dev/urandom swap,cipher=aes,nofail\n"
	 "data UUID=da7a\n"},
	{"/boot/loader/entries/arch.conf",
	 "title Arch\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\n"
	 "options cryptdevice=/dev/nvme0n1p2:cryptroot:allow-discards "
	 "root=/dev/mapper/cryptroot rw\n",
	 "title Arch\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\n"
	 "options cryptdevice=UUID=1234:cryptroot:allow-discards "
	 "root=/dev/mapper/cryptroot rw\n"},
	{"/boot/loader/entries/bare.conf",
	 "title bare\nlinux /bare\noptions root=/dev/nvme0n1p3 rw\n",
	 "title bare\nlinux /bare\noptions root=PARTUUID=d-03 rw\n"},
	{"/boot/syslinux/syslinux.cfg",
	 "DEFAULT arch\nLABEL arch\n\tLINUX ../vmlinuz\n"
	 "\tAPPEND root=/dev/nvme0n1p3 rw\n\tINITRD ../initramfs.img\n"
	 "LABEL none\n\tAPPEND root=/dev/nvme0n1p3\n",
	 "DEFAULT arch\nLABEL arch\n\tLINUX ../vmlinuz\n"
	 "\tAPPEND root=UUID=3333 rw\n\tINITRD ../initramfs.img\n"
	 "LABEL none\n\tAPPEND root=PARTUUID=d-03\n"},
};

static void arch(void **state)
{
	struct volume volume[] = {
		volume_of("/dev/mapper/x", "ext4", "eeee", NULL, 0),
		volume_of("/dev/vda1", "vfat", "AB-CD", "d-01", 1),
		volume_of("/dev/vda2", "crypto_LUKS", "1234", "d-02", 2),
		volume_of("/dev/vda3", "ext4", "3333", "d-03", 3),
		volume_of("/dev/vda5", "crypto_LUKS", "da7a", "d-05", 5),
	};
	const struct volumes volumes = {.volume = volume, .count = 5};
	struct convert convert;

	(void)state;
	golden(ROWS(arch_tree), &volumes, &convert);
	assert_true(golden_told(&convert, STEP_FAILED, "a plain mapping"));
	steps_free(&convert.steps);
}

/* A root that nobody finds is a refusal; /boot is told; a linked fstab is
 * changed where it is. */
static void what_is_missing(void **state)
{
	static const struct {
		const char *fstab;
		int want;
		const char *failed;
	} row[] = {
		{"/dev/sdq1 / ext4 defaults 0 1\n", -ENODEV, NULL},
		{"UUID=no / ext4 defaults 0 1\n", -ENODEV, NULL},
		{"/dev/sdq1 /usr ext4 defaults 0 1\n", -ENODEV, NULL},
		{"UUID=aaaa / ext4\n/dev/sdq1 /boot ext4\n", 0, "/boot"},
		{"UUID=aaaa / ext4\nLABEL=q /var ext4\n", 0, "/var"},
	};
	struct volume volume[] = {
		volume_of("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const struct golden tree[] = {
			{"/usr/etc/fstab", row[i].fstab, row[i].fstab}};
		struct convert convert = {.root = "guest", .volumes = &volumes};

		golden_make(ROWS(tree));
		assert_true(guest_is("mkdir guest/etc && "
				     "ln -s ../usr/etc/fstab guest/etc/"));
		assert_int_equal(convert_it(&convert), row[i].want);
		golden_check(ROWS(tree));
		if (row[i].failed)
			assert_true(golden_told(&convert, STEP_FAILED,
						row[i].failed));
		steps_free(&convert.steps);
	}
}

static void a_linked_fstab(void **state)
{
	static const struct golden tree[] = {
		{"/usr/etc/fstab", "/dev/sda1 / ext4\n", "UUID=aaaa / ext4\n"},
		{"/usr/etc/fstab.lander-bak", NULL, "/dev/sda1 / ext4\n"}};
	struct volume volume[] = {
		volume_of("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	golden_make(ROWS(tree));
	assert_true(guest_is("mkdir guest/etc && chmod 640 guest/usr/etc/fstab"
			     "&& ln -s /usr/etc/fstab guest/etc/"));
	assert_int_equal(convert_it(&convert), 0);
	golden_check(ROWS(tree));
	assert_true(guest_is("test -L guest/etc/fstab"));
	assert_true(guest_is("test \"$(stat -c %a guest/usr/etc/fstab)\" = "
			     "640"));
	steps_free(&convert.steps);
}

static void hostile(void **state)
{
	struct volume volume[] = {
		volume_of("/dev/vda1", "ext4", "aaaa", "d-01", 1)};
	const struct volumes volumes = {.volume = volume, .count = 1};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	guest_make(
		"mkdir -p etc/default boot/grub boot/grub2 boot/loader/entries "
		"etc/kernel etc/lvm/devices etc/multipath boot/syslinux;"
		"printf '/dev/sda1 / ext4\\n\\0/dev/sda1 /x ext4\\n' "
		">etc/fstab;"
		"mkfifo etc/crypttab;"
		"ln -s ../../../../outside/secret etc/default/grub;"
		"truncate -s 100M boot/grub/grub.cfg;"
		"ln -s grub.cfg boot/grub2/grub.cfg;"
		"mkdir boot/loader/entries/a.conf;"
		"ln -s /etc/default boot/loader/entries/b.conf;"
		"head -c 3000000 /dev/zero | tr '\\0' ' ' >etc/kernel/cmdline;"
		"printf 'root=' >>etc/kernel/cmdline;"
		"mkdir etc/lvm/devices/system.devices;"
		"yes 'filter=[\"a|/dev/sda' | head -c 4000000 "
		">etc/lvm/lvm.conf;"
		"yes 'linux root=root=root=' | head -c 4000000 "
		">boot/grub/grub.conf; yes 'cryptdevice=::::::::' | "
		"tr -d '\\n' | head -c 4000000 >etc/dracut.conf;"
		"printf 'linux root=/dev/sda1' >boot/grub/menu.lst;"
		"printf 'append root=\"/dev/sda1' >boot/syslinux/syslinux.cfg;"
		"printf '\\377\\376 root=' >boot/grub/grubenv");
	assert_int_equal(names_convert(&convert, NULL), 0);
	guest_stayed_inside();
	assert_true(golden_told(&convert, STEP_FAILED, "/etc/fstab"));
	assert_true(golden_told(&convert, STEP_FAILED, "/etc/crypttab"));
	assert_true(golden_told(&convert, STEP_FAILED, "/boot/grub/grub.cfg"));
	assert_true(guest_is("test \"$(wc -c <guest/etc/fstab)\" = 36"));
	assert_true(guest_is("test \"$(cat guest/boot/grub/menu.lst)\" = "
			     "'linux root=PARTUUID=d-01'"));
	steps_free(&convert.steps);
}

static void nothing_there(void **state)
{
	const struct volumes volumes = {0};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	guest_make("true");
	assert_int_equal(convert_it(&convert), 0);
	assert_true(guest_is("test -z \"$(ls -A guest)\""));
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),
		cmocka_unit_test(redhat),
		cmocka_unit_test(suse),
		cmocka_unit_test(arch),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(a_linked_fstab),
		cmocka_unit_test(hostile),
		cmocka_unit_test(nothing_there),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
