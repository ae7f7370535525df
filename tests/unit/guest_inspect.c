/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an inspection finds: trees like Debian's, RHEL's, SUSE's and Arch's.
 * None of them was booted by this test. */
#include "disk/volume.h"
#include "guest/convert.h"
#include "guest/inspect.h"
#include "guest/platform.h"
#include "guest_pe.h"
#include "inject_case.h"

#define TEXT(s) ((char *)(uintptr_t)(s))

static const struct pe shim = {
	.section = {".text", ".sbat"},
	.sbat = "sbat,1,x\nshim,4,UEFI shim,shim,1,u\n"
		"shim.rh,3,Red Hat,shim,15.8,u\n",
	.wide = {"\\\\grubx64.efi", "\\mmx64.efi", "\\fbx64.efi"},
	.is_signed = true};
static const struct pe grub = {.section = {".text", "mods"}};
static const struct pe systemd_boot = {
	.section = {".text"},
	.text = "#### LoaderInfo: systemd-boot 255.4 ####"};

static struct volume volume[2] = {
	{.device = TEXT("/dev/vda1"),
	 .fs = TEXT("vfat"),
	 .uuid = TEXT("AB12-CD34"),
	 .number = 1},
	{.device = TEXT("/dev/vda2"),
	 .fs = TEXT("ext4"),
	 .uuid = TEXT("1111"),
	 .number = 2},
};
static struct volumes volumes = {
	.volume = volume, .count = 2, .device = TEXT("/dev/vda")};

static struct convert convert;
static json_t *json;

/* The tree as it is; nothing in it may change by being looked at. */
static void inspect_as(bool has_disk, unsigned int platform)
{
	struct inspect inspect = {.convert = &convert,
				  .name = "Test",
				  .has_disk = has_disk,
				  .platform = platform};
	static const char state[] =
		"cd guest && find . -printf '%p %y %m %s %T@ %l\\n' | sort";
	char script[200];

	convert.root = "guest";
	(void)snprintf(script, sizeof(script), "(%s) >state", state);
	assert_true(guest_is(script));
	json_decref(json);
	json = NULL;
	assert_int_equal(inspect_system(&inspect, &json, NULL), 0);
	(void)snprintf(script, sizeof(script), "(%s) | cmp - state", state);
	assert_true(guest_is(script));
	guest_stayed_inside();
}

static void inspect(void)
{
	convert = (struct convert){0};
	inspect_as(false, 0);
}

/* The value at a path such as "kernels.0.version", as text. */
static const char *value(const char *path)
{
	static char text[200];
	const json_t *at = json;
	char part[64];

	while (at && *path) {
		size_t length = strcspn(path, ".");

		(void)snprintf(part, sizeof(part), "%.*s", (int)length, path);
		at = json_is_array(at)
			     ? json_array_get(at, strtoul(part, NULL, 10))
			     : json_object_get(at, part);
		path += length + (path[length] == '.');
	}
	if (json_is_string(at))
		return json_string_value(at);
	if (json_is_array(at))
		(void)snprintf(text, sizeof(text), "[%zu]",
			       json_array_size(at));
	else
		(void)snprintf(text, sizeof(text), "%s",
			       json_is_true(at)	   ? "true"
			       : json_is_false(at) ? "false"
			       : json_is_null(at)  ? "null"
						   : "nothing");
	return text;
}

static void is(const char *path, const char *wanted)
{
	if (strcmp(value(path), wanted) != 0) {
		(void)json_dumpf(json, stdout, JSON_INDENT(1));
		fail_msg("%s is %s, not %s", path, value(path), wanted);
	}
}

static void like_debian(void **state)
{
	(void)state;
	guest_make("mkdir -p boot/grub/i386-pc etc/network usr/sbin sbin "
		   "usr/lib/systemd/system usr/lib/modules/6.1.0-9-amd64\n"
		   "ln -s usr/lib lib; echo >usr/sbin/update-initramfs\n"
		   "echo >sbin/ifup; echo >boot/grub/i386-pc/core.img\n"
		   "echo >boot/vmlinuz-6.1.0-9-amd64\n"
		   "echo bad >boot/initrd.img-6.1.0-9-amd64\n"
		   "echo >usr/lib/systemd/system/open-vm-tools.service\n"
		   "cat >etc/network/interfaces <<-E\n"
		   "auto ens192\niface ens192 inet static\n"
		   "address 10.0.0.5/24\nE\n"
		   "cat >etc/fstab <<-E\n"
		   "/dev/sda2 / ext4 defaults 0 1\n"
		   "UUID=AB12-CD34 /boot/efi vfat defaults 0 1\n"
		   "UUID=gone /srv xfs defaults 0 2\n"
		   "tmpfs /tmp tmpfs defaults 0 0\nE\n");
	convert = (struct convert){.volumes = &volumes,
				   .root_volume = &volume[1],
				   .disks = 1,
				   .hypervisor = "kvm",
				   .modalias = (char **)(uintptr_t)virtio};
	inspect_as(true, PLATFORM_BIOS | PLATFORM_UEFI);
	is("firmware", "both");
	is("initramfs.tool", "initramfs-tools");
	is("root.device", "/dev/vda2");
	is("root.fs", "ext4");
	is("volumes", "[2]");
	is("mounts", "[4]");
	is("mounts.0.resolves", "true");
	is("mounts.0.renamed", "true");
	is("mounts.0.device", "/dev/vda2");
	is("mounts.1.resolves", "true");
	is("mounts.1.renamed", "false");
	is("mounts.2.resolves", "false");
	is("mounts.3.resolves", "null");
	is("kernels", "[1]");
	is("kernels.0.version", "6.1.0-9-amd64");
	is("kernels.0.initramfs", "/boot/initrd.img-6.1.0-9-amd64");
	is("kernels.0.ready", "null");
	assert_non_null(strstr(value("kernels.0.problem"), "unknown way"));
	is("loaders", "[1]");
	is("loaders.0.firmware", "bios");
	is("loaders.0.kind", "GRUB");
	is("network.stack", "ifupdown");
	is("network.interfaces.0.name", "ens192");
	is("leftovers", "[1]");
	is("leftovers.0.of", "vmware");
	is("leftovers.0.foreign", "true");
	is("selinux", "none");
	is("machine.disk_drivers.0", "virtio_blk");
	is("boot_check.verdict", "may boot");
	is("entry.kernel", "nothing");
}

static void like_rhel(void **state)
{
	static const char entry[] = "boot/loader/entries/"
				    "0f-5.14.0-1.el9.x86_64.conf";
	char script[2000];

	(void)state;
	(void)snprintf(
		script, sizeof(script),
		"mkdir -p boot/loader/entries boot/efi/EFI/redhat "
		"boot/efi/EFI/BOOT etc/selinux usr/bin "
		"usr/lib/modules/5.14.0-1.el9.x86_64 boot/grub2 "
		"etc/NetworkManager/system-connections "
		"etc/systemd/system/multi-user.target.wants\n"
		"ln -s usr/lib lib; echo >usr/bin/dracut\n"
		"echo >boot/vmlinuz-5.14.0-1.el9.x86_64\n"
		"echo >boot/initramfs-5.14.0-1.el9.x86_64.img\n"
		"printf 'ID=rhel\\nPRETTY_NAME=\"R 9\"\\n' >etc/os-release\n"
		"printf '# a\\nSELINUX=enforcing\\n' >etc/selinux/config\n"
		"echo x >etc/systemd/system/multi-user.target.wants/"
		"NetworkManager.service\n"
		"printf '[connection]\\ntype=ethernet\\n"
		"interface-name=ens192\\n[ethernet]\\n"
		"mac-address=00:50:56:AA:BB:CC\\n' "
		">etc/NetworkManager/system-connections/a.nmconnection\n"
		"cat >%s <<-E\ntitle R\nversion 5.14.0-1.el9.x86_64\n"
		"linux /vmlinuz-5.14.0-1.el9.x86_64\n"
		"initrd /initramfs-5.14.0-1.el9.x86_64.img\n"
		"options root=UUID=1111\nE\n",
		entry);
	guest_make(script);
	pe_write("guest/boot/efi/EFI/BOOT/BOOTX64.EFI", &shim);
	pe_write("guest/boot/efi/EFI/redhat/shimx64.efi", &shim);
	pe_write("guest/boot/efi/EFI/redhat/grubx64.efi", &grub);
	inspect();
	is("firmware", "uefi");
	is("initramfs.tool", "dracut");
	is("selinux", "enforcing");
	is("kernels", "[1]");
	is("kernels.0.version", "5.14.0-1.el9.x86_64");
	is("loaders", "[3]");
	is("loaders.0.kind", "shim");
	is("loaders.0.path", "/boot/efi/EFI/BOOT/BOOTX64.EFI");
	is("loaders.0.version", "15.8");
	is("loaders.0.signed", "true");
	is("loaders.2.kind", "GRUB");
	is("network.stack", "NetworkManager");
	is("network.interfaces.0.name", "ens192");
	is("network.interfaces.0.mac", "00:50:56:aa:bb:cc");
	/* Nothing is claimed of disks that were not given. */
	is("volumes", "[0]");
	is("boot_check", "null");
	is("root", "null");
}

static void like_suse(void **state)
{
	(void)state;
	guest_make("mkdir -p boot/grub2/i386-pc etc/sysconfig/network usr/sbin "
		   "usr/bin etc/systemd/system usr/lib/systemd/system "
		   "usr/lib/modules/6.4.0-1-default\n"
		   "ln -s usr/lib lib; echo >usr/bin/dracut\n"
		   "echo >usr/sbin/mkinitrd; echo >usr/sbin/wicked\n"
		   "echo >boot/grub2/i386-pc/core.img\n"
		   "echo >boot/vmlinuz-6.4.0-1-default\n"
		   "echo >boot/initrd-6.4.0-1-default\n"
		   "echo >etc/sysconfig/network/config\n"
		   "printf 'BOOTPROTO=dhcp\\nSTARTMODE=auto\\n' "
		   ">etc/sysconfig/network/ifcfg-eth0\n"
		   "echo >usr/lib/systemd/system/hv_kvp_daemon.service\n"
		   "printf 'UUID=1111 / btrfs defaults 0 0\\n"
		   "UUID=1111 /var btrfs subvol=/@/var 0 0\\n' >etc/fstab\n");
	inspect();
	is("firmware", "bios");
	is("initramfs.tool", "dracut");
	is("kernels.0.initramfs", "/boot/initrd-6.4.0-1-default");
	is("network.stack", "ifcfg");
	is("network.interfaces.0.name", "eth0");
	is("mounts", "[2]");
	is("mounts.1.resolves", "null");
	is("leftovers.0.name", "Hyper-V daemons");
	/* Which hypervisor this is was not said. */
	is("leftovers.0.foreign", "false");
}

static void like_arch(void **state)
{
	(void)state;
	guest_make(
		"mkdir -p boot/EFI/BOOT boot/EFI/systemd boot/loader/entries "
		"etc/systemd/network usr/bin usr/lib/modules/6.12.1-arch1-1 "
		"etc/systemd/system/multi-user.target.wants\n"
		"ln -s usr/lib lib; echo >usr/bin/mkinitcpio\n"
		"echo >etc/mkinitcpio.conf\n"
		"echo >boot/vmlinuz-linux; echo >boot/initramfs-linux.img\n"
		"printf 'title A\\nlinux /vmlinuz-linux\\n"
		"initrd /initramfs-linux.img\\noptions root=UUID=1111\\n' "
		">boot/loader/entries/arch.conf\n"
		"echo x >etc/systemd/system/multi-user.target.wants/"
		"systemd-networkd.service\n"
		"printf '[Match]\\nName=enp1s0\\n[Network]\\nDHCP=yes\\n' "
		">etc/systemd/network/a.network\n");
	pe_write("guest/boot/EFI/BOOT/BOOTX64.EFI", &systemd_boot);
	pe_write("guest/boot/EFI/systemd/systemd-bootx64.efi", &systemd_boot);
	inspect();
	is("firmware", "uefi");
	is("initramfs.tool", "mkinitcpio");
	is("kernels.0.image", "/boot/vmlinuz-linux");
	is("kernels.0.initramfs", "/boot/initramfs-linux.img");
	is("loaders.0.kind", "systemd-boot");
	is("loaders.0.version", "255.4");
	is("network.stack", "systemd-networkd");
	is("network.interfaces.0.name", "enp1s0");
}

/* A real kernel and a real initramfs: what conversion would add. */
static void missing_drivers(void **state)
{
	(void)state;
	make_guest("zstd -qc base.cpio");
	convert = (struct convert){.modalias = (char **)(uintptr_t)virtio};
	inspect_as(false, 0);
	is("kernels", "[1]");
	is("kernels.0.codec", "zstd");
	is("kernels.0.made_by", "initramfs-tools");
	is("kernels.0.ready", "false");
	is("kernels.0.missing", "[1]");
	is("kernels.0.missing.0", "virtio_blk");
	is("kernels.0.appended", "false");
	assert_int_equal(inject(&convert), 0);
	steps_free(&convert.steps);
	inspect_as(false, 0);
	is("kernels.0.ready", "true");
	is("kernels.0.missing", "[0]");
	is("kernels.0.appended", "true");
	is("initramfs.tool", "null");
}

/* Bytes that no console and no JSON reader should get, and odd files. */
static void hostile(void **state)
{
	(void)state;
	guest_make("mkdir -p etc/selinux boot usr/bin etc/network "
		   "etc/systemd/system\n"
		   "printf '\\033[2J\\377 /x\\200 ext4 a 0 0\\n' >etc/fstab\n"
		   "mkfifo etc/selinux/config boot/vmlinuz-6.1\n"
		   "ln -s /../../outside/secret boot/initrd.img-6.1\n"
		   "ln -s ../../outside/secret usr/bin/dracut\n"
		   "head -c 2M /dev/zero >etc/network/interfaces\n"
		   "mkdir etc/mkinitcpio.conf\n");
	inspect();
	is("mounts.0.spec", "?[2J?");
	is("mounts.0.place", "/x?");
	is("selinux", "none");
	is("kernels", "[0]");
	is("initramfs.tool", "null");
	is("firmware", "null");
}

static int done(void **state)
{
	(void)state;
	json_decref(json);
	return scratch_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_debian),	   cmocka_unit_test(like_rhel),
		cmocka_unit_test(like_suse),	   cmocka_unit_test(like_arch),
		cmocka_unit_test(missing_drivers), cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, scratch_open, done);
}
