/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of disks in whole trees, before and after.  Golden trees after
 * Debian's, Red Hat's, SUSE's and Arch's ways; none of them is booted here. */
#include "guest/names.h"
#include "guest_golden.h"

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
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(row, rows);
	*ret_convert = convert;
}

static void debian(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "aaaa", "d-01", 1),
		golden_volume("/dev/vda5", "swap", "5555", "d-05", 5),
		golden_volume("/dev/vda6", "ext3", "6666", "d-06", 6),
		golden_volume("/dev/vda7", "crypto_LUKS", "7777", "d-07", 7),
	};
	const struct volumes volumes = {.volume = volume, .count = 4};
	struct convert convert;

	(void)state;
	golden(GOLDEN_ROWS(debian_tree), &volumes, &convert);
	assert_true(guest_is("test -e guest/etc/fstab.lander-bak"));
	assert_true(golden_told(&convert, STEP_DONE, "/dev/sdb1 on /data"));
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	/* mkinitramfs reads whatever is in there. */
	assert_true(guest_is("test \"$(ls guest/etc/initramfs-tools/conf.d)\" "
			     "= resume"));
	assert_true(guest_is("grep -q sda5 "
			     "guest/etc/initramfs-tools/resume.lander-bak"));
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
		golden_volume("/dev/mapper/rhel-root", "xfs", "r007", NULL, 0),
		golden_volume("/dev/mapper/rhel-swap", "swap", "5a5a", NULL, 0),
		golden_volume("/dev/vda1", "xfs", "b007", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 3};
	struct convert convert;

	(void)state;
	make_block(block_before, "boot=/dev/sda1 resume=/dev/rhel/swap");
	make_block(block_after, "boot=UUID=b007 resume=/dev/rhel/swap");
	golden(GOLDEN_ROWS(redhat_tree), &volumes, &convert);
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	steps_free(&convert.steps);
}

#define BY_ID "/dev/disk/by-id/ata-VMware_Disk_00"

static const struct golden suse_tree[] = {
	{"/etc/default/grub_installdevice", BY_ID "\nactivate\n",
	 BY_ID "\nactivate\n"},
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
		golden_volume("/dev/vda2", "btrfs", "b7b7", "d-02", 2),
		golden_volume("/dev/vda1", "swap", "5a5a", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert;

	(void)state;
	golden(GOLDEN_ROWS(suse_tree), &volumes, &convert);
	assert_true(golden_told(&convert, STEP_SKIPPED, "grub_installdevice"));
	steps_free(&convert.steps);
}

static const struct golden arch_tree[] = {
	{"/etc/systemd/system/srv-x.mount",
	 "[Mount]\nWhat=/dev/nvme0n1p3\nWhere=/srv/x\n",
	 "[Mount]\nWhat=/dev/disk/by-uuid/3333\nWhere=/srv/x\n"},
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
		golden_volume("/dev/mapper/x", "ext4", "eeee", NULL, 0),
		golden_volume("/dev/vda1", "vfat", "AB-CD", "d-01", 1),
		golden_volume("/dev/vda2", "crypto_LUKS", "1234", "d-02", 2),
		golden_volume("/dev/vda3", "ext4", "3333", "d-03", 3),
		golden_volume("/dev/vda5", "crypto_LUKS", "da7a", "d-05", 5),
	};
	const struct volumes volumes = {.volume = volume, .count = 5};
	struct convert convert;

	(void)state;
	golden(GOLDEN_ROWS(arch_tree), &volumes, &convert);
	assert_true(golden_told(&convert, STEP_FAILED, "a plain mapping"));
	steps_free(&convert.steps);
}

static const struct golden old_tree[] = {
	{"/etc/fstab",
	 "/dev/hda1 / ext3 errors=remount-ro 0 1\n"
	 "/dev/hda5 none swap sw 0 0\n"
	 "/dev/hdc /cdrom iso9660 ro 0 0\n"
	 "/dev/sda1 /media/usb0 auto user,noauto 0 0\n"
	 "/dev/sdb1 /lun ext4 _netdev 0 0\n",
	 "UUID=aaaa / ext3 errors=remount-ro 0 1\n"
	 "UUID=5555 none swap sw 0 0\n"
	 "/dev/hdc /cdrom iso9660 ro,nofail 0 0\n"
	 "/dev/sda1 /media/usb0 auto user,noauto 0 0\n"
	 "/dev/sdb1 /lun ext4 _netdev 0 0\n"},
	{"/boot/grub/menu.lst",
	 "# kopt=root=/dev/hda1 ro\n# groot=(hd0,0)\n"
	 "title Debian\nroot (hd0,0)\nkernel /boot/vmlinuz root=/dev/hda1 ro\n"
	 "initrd /boot/initrd.img\n\n"
	 "title Xen\nkernel /boot/xen.gz\n"
	 "module /boot/vmlinuz-x root=/dev/hda1 ro\nmodule /boot/initrd.img-x\n"
	 "title old\nkernel /boot/vmlinuz-o root=/dev/hda1\n",
	 "# kopt=root=UUID=aaaa ro\n# groot=(hd0,0)\n"
	 "title Debian\nroot (hd0,0)\nkernel /boot/vmlinuz root=UUID=aaaa ro\n"
	 "initrd /boot/initrd.img\n\n"
	 "title Xen\nkernel /boot/xen.gz\n"
	 "module /boot/vmlinuz-x root=UUID=aaaa ro\nmodule /boot/initrd.img-x\n"
	 "title old\nkernel /boot/vmlinuz-o root=PARTUUID=d-01\n"},
	{"/boot/initrd.img", "x", "x"},
	{"/boot/grub/device.map", "(hd0) /dev/hda\n", NULL},
	{"/etc/blkid.tab", "<device>x</device>\n", NULL},
};

/* GRUB legacy, System V, names of IDE disks: no volume is known for the root,
 * one disk and one kind of name are. */
static void old_debian(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext3", "aaaa", "d-01", 1),
		golden_volume("/dev/vda5", "swap", "5555", "d-05", 5),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {.root = "guest", .volumes = &volumes};

	(void)state;
	golden_make(GOLDEN_ROWS(old_tree));
	assert_int_equal(golden_twice(names_convert, &convert), 0);
	golden_check(GOLDEN_ROWS(old_tree));
	assert_int_equal(golden_count(&convert, STEP_FAILED), 0);
	steps_free(&convert.steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),     cmocka_unit_test(redhat),
		cmocka_unit_test(suse),	      cmocka_unit_test(arch),
		cmocka_unit_test(old_debian),
	};

	return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
