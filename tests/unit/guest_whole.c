/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole conversion of four systems, made by hand after what the installers
 * of Debian, RHEL, SUSE and Arch leave on a VMware machine with an AHCI disk.
 * Every file of each is compared, before and after, and after a second run.
 * None of these trees is boot-tested. */
#include "guest_whole.h"

#include <sys/mount.h>

#include "guest_pe.h"

#define OLD_MAC "00:50:56:9a:11:22"
#define NEW_MAC "52:54:00:00:00:01"
#define LINK                                                                \
	"# Made by lander: the name that this interface had on the machine" \
	" it was\n# copied from.\n"                                         \
	"[Match]\nMACAddress=" NEW_MAC "\nType=ether\n\n[Link]\nName="
#define DRIVERS "# lander: drivers of this machine's disk\n"

static const struct golden whole_debian[] = {
	{"/etc/fstab",
	 "/dev/sda1 / ext4 errors=remount-ro 0 1\n"
	 "/dev/sda5 none swap sw 0 0\n"
	 "UUID=gone /opt ext4 defaults 0 2\n",
	 "UUID=aaaa / ext4 errors=remount-ro 0 1\n"
	 "UUID=5555 none swap sw 0 0\n"
	 "UUID=gone /opt ext4 defaults,nofail,x-systemd.device-timeout=10s 0 "
	 "2\n"},
	{"/etc/default/grub", "GRUB_CMDLINE_LINUX=\"resume=/dev/sda5\"\n",
	 "GRUB_CMDLINE_LINUX=\"resume=UUID=5555\"\n"},
	{"/boot/grub/grub.cfg",
	 "menuentry 'Debian' {\n"
	 "\tsearch --no-floppy --fs-uuid --set=root aaaa\n"
	 "\tlinux /boot/vmlinuz-" VERSION " root=/dev/sda1 ro quiet\n"
	 "\tinitrd /boot/initrd.img-" VERSION "\n}\n",
	 "menuentry 'Debian' {\n"
	 "\tsearch --no-floppy --fs-uuid --set=root aaaa\n"
	 "\tlinux /boot/vmlinuz-" VERSION " root=UUID=aaaa ro quiet\n"
	 "\tinitrd /boot/initrd.img-" VERSION "\n}\n"},
	{"/etc/initramfs-tools/conf.d/resume", "RESUME=/dev/sda5\n",
	 "RESUME=UUID=5555\n"},
	{"/etc/initramfs-tools/modules", "# none\n",
	 "# none\n" DRIVERS "virtio_blk\nvirtio_pci\n# lander: end\n"},
	{"/etc/network/interfaces",
	 "auto ens192\niface ens192 inet static\n  address 192.0.2.7/24\n",
	 "auto ens192\niface ens192 inet static\n  address 192.0.2.7/24\n"},
	{"/etc/systemd/network/10-lander-ens192.link", NULL, LINK "ens192\n"},
	{"/usr/lib/systemd/system/open-vm-tools.service", "unit\n", "unit\n"},
	{"/usr/lib/systemd/systemd", "x", "x"},
	{"/usr/lib/systemd/libsystemd-shared-252.so", "x", "x"},
	{"/usr/lib/udev/rules.d/80-net-setup-link.rules",
	 "IMPORT{builtin}=\"net_setup_link\"\n",
	 "IMPORT{builtin}=\"net_setup_link\"\n"},
	{"/boot/vmlinuz-" VERSION, "x", "x"},
};

static const struct golden whole_redhat[] = {
	{"/etc/fstab",
	 "/dev/mapper/rhel-root / xfs defaults 0 0\n"
	 "/dev/sda1 /boot xfs defaults 0 0\n"
	 "/dev/mapper/rhel-swap none swap defaults 0 0\n",
	 "/dev/mapper/rhel-root / xfs defaults 0 0\n"
	 "UUID=b007 /boot xfs defaults 0 0\n"
	 "/dev/mapper/rhel-swap none swap defaults 0 0\n"},
	{"/boot/loader/entries/abc-" VERSION ".conf",
	 "title Red Hat\nversion " VERSION "\nlinux /vmlinuz-" VERSION "\n"
	 "initrd /initramfs-" VERSION ".img\n"
	 "options root=/dev/mapper/rhel-root ro boot=/dev/sda1 "
	 "rd.lvm.lv=rhel/root\n",
	 "title Red Hat\nversion " VERSION "\nlinux /vmlinuz-" VERSION "\n"
	 "initrd /initramfs-" VERSION ".img\n"
	 "options root=/dev/mapper/rhel-root ro boot=UUID=b007 "
	 "rd.lvm.lv=rhel/root\n"},
	{"/boot/grub2/device.map", "(hd0) /dev/sda\n", NULL},
	{"/etc/lvm/devices/system.devices",
	 "IDTYPE=sys_wwid IDNAME=t10.VMware DEVNAME=/dev/sda2 PVID=x\n", NULL},
	{"/etc/sysconfig/network-scripts/ifcfg-ens192",
	 "DEVICE=ens192\nHWADDR=" OLD_MAC "\nBOOTPROTO=none\n"
	 "IPADDR=192.0.2.7\nPREFIX=24\nONBOOT=yes\n",
	 "DEVICE=ens192\nHWADDR=" NEW_MAC "\nBOOTPROTO=none\n"
	 "IPADDR=192.0.2.7\nPREFIX=24\nONBOOT=yes\n"},
	{"/etc/systemd/network/10-lander-ens192.link", NULL, LINK "ens192\n"},
	{"/boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n",
	 "insmod blscfg\nblscfg\n"},
	{"/etc/dracut.conf.d/90-lander.conf", NULL,
	 DRIVERS "add_drivers+=\" virtio_scsi virtio_pci sd_mod \"\n"},
	{"/usr/lib/dracut/dracut-init.sh", "x", "x"},
	{"/usr/lib/systemd/system/vmtoolsd.service", "unit\n", "unit\n"},
	{"/usr/lib/systemd/systemd", "x", "x"},
	{"/usr/lib/systemd/libsystemd-shared-252.so", "x", "x"},
	{"/usr/lib/udev/rules.d/80-net-setup-link.rules",
	 "IMPORT{builtin}=\"net_setup_link\"\n",
	 "IMPORT{builtin}=\"net_setup_link\"\n"},
	{"/boot/vmlinuz-" VERSION, "x", "x"},
};

#define BY_ID "/dev/disk/by-id/ata-VMware_Virtual_SATA_00-part"

static const struct golden whole_suse[] = {
	{"/etc/fstab",
	 BY_ID "2 / btrfs defaults 0 0\n" BY_ID
	       "2 /var btrfs subvol=/@/var 0 0\n" BY_ID "1 swap swap defaults "
	       "0 0\n",
	 "UUID=b7b7 / btrfs defaults 0 0\n"
	 "UUID=b7b7 /var btrfs subvol=/@/var 0 0\n"
	 "UUID=5a5a swap swap defaults 0 0\n"},
	{"/boot/grub2/grub.cfg",
	 "menuentry 'SLES' --class sles {\n"
	 "  linux /boot/vmlinuz-" VERSION " root=" BY_ID "2 ${extra_cmdline} "
	 "resume=" BY_ID "1\n"
	 "  initrd /boot/initrd-" VERSION "\n}\n",
	 "menuentry 'SLES' --class sles {\n"
	 "  linux /boot/vmlinuz-" VERSION " root=UUID=b7b7 ${extra_cmdline} "
	 "resume=UUID=5a5a\n"
	 "  initrd /boot/initrd-" VERSION "\n}\n"},
	{"/etc/sysconfig/network/ifcfg-eth0",
	 "BOOTPROTO='static'\nIPADDR='192.0.2.7/24'\nSTARTMODE='auto'\n",
	 "BOOTPROTO='static'\nIPADDR='192.0.2.7/24'\nSTARTMODE='auto'\n"},
	{"/etc/udev/rules.d/70-persistent-net.rules",
	 "SUBSYSTEM==\"net\", ACTION==\"add\", DRIVERS==\"?*\", "
	 "ATTR{address}==\"" OLD_MAC "\", ATTR{type}==\"1\", "
	 "KERNEL==\"eth*\", NAME=\"eth0\"\n",
	 NULL},
	{"/etc/systemd/network/10-lander-eth0.link", NULL, LINK "eth0\n"},
	{"/etc/dracut.conf.d/90-lander.conf", NULL,
	 DRIVERS "add_drivers+=\" nvme \"\n"},
	{"/usr/lib/dracut/dracut-init.sh", "x", "x"},
	{"/usr/lib/systemd/systemd", "x", "x"},
	{"/usr/lib/systemd/libsystemd-shared-249.so", "x", "x"},
	{"/usr/lib/udev/rules.d/80-net-setup-link.rules",
	 "IMPORT{builtin}=\"net_setup_link\"\n",
	 "IMPORT{builtin}=\"net_setup_link\"\n"},
	{"/boot/vmlinuz-" VERSION, "x", "x"},
};

static const struct golden whole_arch[] = {
	{"/etc/fstab",
	 "/dev/sda2 / ext4 rw,relatime 0 1\n"
	 "/dev/sda1 /boot vfat rw,fmask=0022 0 2\n",
	 "UUID=eeee / ext4 rw,relatime 0 1\n"
	 "UUID=AB12-CD34 /boot vfat rw,fmask=0022 0 2\n"},
	{"/boot/loader/loader.conf", "default arch.conf\n",
	 "default arch.conf\n"},
	{"/boot/loader/entries/arch.conf",
	 "title Arch\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\n"
	 "options root=/dev/sda2 rw\n",
	 "title Arch\nlinux /vmlinuz-linux\ninitrd /initramfs-linux.img\n"
	 "options root=UUID=eeee rw\n"},
	{"/etc/mkinitcpio.conf", "MODULES=()\n", "MODULES=()\n"},
	{"/etc/mkinitcpio.conf.d/x.conf", "\n", "\n"},
	{"/etc/mkinitcpio.conf.d/lander.conf", NULL,
	 DRIVERS "MODULES+=(nvme?)\n"},
	{"/etc/systemd/network/20-wired.network",
	 "[Match]\nName=ens33\n\n[Network]\nAddress=192.0.2.7/24\n",
	 "[Match]\nName=ens33\n\n[Network]\nAddress=192.0.2.7/24\n"},
	{"/etc/systemd/network/10-lander-ens33.link", NULL, LINK "ens33\n"},
	{"/usr/lib/systemd/systemd", "x", "x"},
	{"/usr/lib/systemd/libsystemd-shared-258.so", "x", "x"},
	{"/usr/lib/udev/rules.d/80-net-setup-link.rules",
	 "IMPORT{builtin}=\"net_setup_link\"\n",
	 "IMPORT{builtin}=\"net_setup_link\"\n"},
	{"/boot/vmlinuz-linux", "x", "x"},
};

static const char *const virtio_blk[] = {
	"virtio:d00000002v00001AF4",
	"pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc80i00",
	"virtio:d00000001v00001AF4", NULL};
static const char *const virtio_scsi[] = {
	"virtio:d00000008v00001AF4",
	"pci:v00001AF4d00001048sv00001AF4sd00001100bc01sc00i00", NULL};
static const char *const nvme[] = {
	"pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02", NULL};

static const struct pe systemd_boot = {
	.section = {".text"},
	.text = "#### LoaderInfo: systemd-boot 257 ####",
	.cmdline = ""};
static const struct convert_nic nic[] = {{NEW_MAC, "virtio_net"}};

static void debian(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/vda1", "ext4", "aaaa", "d-01", 1),
		golden_volume("/dev/vda5", "swap", "5555", "d-05", 5),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {.volumes = &volumes,
				  .nic = nic,
				  .nics = 1,
				  .modalias = (char **)(uintptr_t)virtio_blk};

	(void)state;
	whole_make("initrd.img-" VERSION, "conf/initramfs.conf", "zstd -qc",
		   GOLDEN_ROWS(whole_debian));
	whole_run(&convert);
	golden_check(GOLDEN_ROWS(whole_debian));
	whole_keeps(GOLDEN_ROWS(whole_debian));
	whole_has(GOLDEN_ROWS(whole_debian),
		  "/boot/grub/grub.cfg.lander-bak\n"
		  "/boot/initrd.img-" VERSION "\n"
		  "/etc/default/grub.lander-bak\n"
		  "/etc/fstab.lander-bak\n"
		  "/etc/initramfs-tools/modules.lander-bak\n"
		  "/etc/initramfs-tools/resume.lander-bak\n"
		  "/etc/systemd/system/open-vm-tools.service -> /dev/null\n");
	assert_true(whole_appended("zstd -dcq", "virtio_blk"));
	steps_free(&convert.steps);
}

static void redhat(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/mapper/rhel-root", "xfs", "c0de", NULL, 0),
		golden_volume("/dev/mapper/rhel-swap", "swap", "5a5a", NULL, 0),
		golden_volume("/dev/sda1", "xfs", "b007", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 3};
	struct convert convert = {.volumes = &volumes,
				  .scsi = true,
				  .nic = nic,
				  .nics = 1,
				  .modalias = (char **)(uintptr_t)virtio_scsi};

	(void)state;
	whole_make("initramfs-" VERSION ".img", "usr/lib/dracut/x", "gzip -c",
		   GOLDEN_ROWS(whole_redhat));
	whole_run(&convert);
	golden_check(GOLDEN_ROWS(whole_redhat));
	whole_keeps(GOLDEN_ROWS(whole_redhat));
	whole_has(GOLDEN_ROWS(whole_redhat),
		  "/boot/grub2/device.map.lander-bak\n"
		  "/boot/initramfs-" VERSION ".img\n"
		  "/boot/loader/entries/abc-" VERSION ".conf.lander-bak\n"
		  "/etc/fstab.lander-bak\n"
		  "/etc/lvm/devices/system.devices.lander-bak\n"
		  "/etc/sysconfig/ifcfg-ens192.lander-bak\n"
		  "/etc/systemd/system/vmtoolsd.service -> /dev/null\n");
	steps_free(&convert.steps);
}

static void suse(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/nvme0n1p2", "btrfs", "b7b7", "d-02", 2),
		golden_volume("/dev/nvme0n1p1", "swap", "5a5a", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {.volumes = &volumes,
				  .nic = nic,
				  .nics = 1,
				  .modalias = (char **)(uintptr_t)nvme};

	(void)state;
	whole_make("initrd-" VERSION, "usr/lib/dracut/x",
		   "xz --check=crc32 -0c", GOLDEN_ROWS(whole_suse));
	whole_run(&convert);
	golden_check(GOLDEN_ROWS(whole_suse));
	whole_keeps(GOLDEN_ROWS(whole_suse));
	whole_has(GOLDEN_ROWS(whole_suse),
		  "/boot/grub2/grub.cfg.lander-bak\n"
		  "/boot/initrd-" VERSION "\n"
		  "/etc/fstab.lander-bak\n"
		  "/etc/udev/rules.d/70-persistent-net.rules.lander-bak\n");
	steps_free(&convert.steps);
}

/* Its EFI system partition is /boot. */
static void arch(void **state)
{
	struct volume volume[] = {
		golden_volume("/dev/nvme0n1p2", "ext4", "eeee", "d-02", 2),
		golden_volume("/dev/nvme0n1p1", "vfat", "AB12-CD34", "d-01", 1),
	};
	const struct volumes volumes = {.volume = volume, .count = 2};
	struct convert convert = {.volumes = &volumes,
				  .uefi = true,
				  .nic = nic,
				  .nics = 1,
				  .modalias = (char **)(uintptr_t)nvme};

	(void)state;
	guest_make("mkdir boot");
	assert_int_equal(mount("esp", "guest/boot", "tmpfs", 0, "size=64m"), 0);
	golden_put(GOLDEN_ROWS(whole_arch));
	assert_int_equal(io_make_parents("guest/boot/EFI/systemd/x", NULL), 0);
	pe_write("guest/boot/EFI/systemd/systemd-bootx64.efi", &systemd_boot);
	whole_add_kernel("initramfs-linux.img", "init_functions", "zstd -qc");
	whole_run(&convert);
	golden_check(GOLDEN_ROWS(whole_arch));
	whole_keeps(GOLDEN_ROWS(whole_arch));
	whole_has(GOLDEN_ROWS(whole_arch),
		  "/boot/EFI/BOOT/BOOTX64.EFI\n"
		  "/boot/EFI/systemd/systemd-bootx64.efi\n"
		  "/boot/initramfs-linux.img\n"
		  "/boot/loader/entries/arch.conf.lander-bak\n"
		  "/etc/fstab.lander-bak\n");
	steps_free(&convert.steps);
}

static int end(void **state)
{
	(void)umount2("guest/boot", MNT_DETACH);
	return scratch_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),
		cmocka_unit_test(redhat),
		cmocka_unit_test(suse),
		cmocka_unit_test(arch),
	};

	return cmocka_run_group_tests(tests, scratch_open, end);
}
