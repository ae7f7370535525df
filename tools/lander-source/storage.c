/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies on what on this machine's disks, for a plan of other disks: devices
 * and what they stand on, the first bytes of each as they are, mounts, swap,
 * and the two files that name them.  It understands no file system: that is for
 * the agent, which has its readers.  Nothing is opened for writing. Sources:
 * sysfs-block, sysfs-block-dm and admin-guide/md of the kernel's documents;
 * proc_pid_mountinfo(5).
 */
#include "lander-source/storage.h"

#include <fcntl.h>

#include "base/version.h"
#include "lander-source/device.h"
#include "lander-source/facts_disk.h"
#include "lander-source/facts_layer.h"
#include "lander-source/file.h"
#include "lander-source/mapper.h"
#include "lander-source/mount.h"
#include "lander-source/space.h"
#include "lander-source/storage_btrfs.h"
#include "lander-source/swap.h"
#include "lander-source/system.h"
#include "lander-source/text.h"

#define SYS "/sys/dev/block/"

/* The first bytes that are read of a device, and which of them are told: of a
 * disk those with a partition table, of all others where superblocks are. */
#define HEAD  69632U
#define TABLE 32768U

static char buffer[4 << 20];
static char file[65536];
static struct devices devices;
static uint8_t head[HEAD] __attribute__((aligned(4096)));

static const struct {
	uint32_t begin;
	uint32_t end;
} told[] = {{0, 2048}, {4080, 4352}, {65536, 66560}};

static bool read_head(const char *name)
{
	char path[80];
	struct text text;
	long fd;
	long n;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/dev/");
	text_add(&text, name);
	for (size_t i = 5; path[i]; i++)
		if (path[i] == '!')
			path[i] = '/';
	for (size_t i = 0; i < sizeof(head); i++)
		head[i] = 0;
	/* What is cached beneath a mounted file system is old. */
	fd = system_open(path, O_RDONLY | O_DIRECT | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	n = system_pread((int)fd, head, sizeof(head), 0);
	(void)system_close((int)fd);
	return n > 0;
}

/* Zeroes at the end of a piece are not told, nor is a piece of zeroes. */
static void tell_piece(struct text *to, uint32_t begin, uint32_t end)
{
	while (end > begin && !head[end - 1])
		end--;
	if (end == begin)
		return;
	text_open(to, "{");
	text_field_number(to, "at", begin);
	text_field_hex(to, "bytes", head + begin, end - begin);
	text_close(to, "},");
}

static void tell_head(struct text *to, const struct device *device, bool whole)
{
	text_add(to, "\"head\":[");
	if (read_head(device->name)) {
		if (whole)
			tell_piece(to, 0, TABLE);
		for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
			if (!whole || told[i].begin >= TABLE)
				tell_piece(to, told[i].begin, told[i].end);
	}
	text_close(to, "],");
}

static int tell_name(void *owner, const char *name)
{
	struct text *to = owner;

	text_add(to, "\"");
	for (; *name; name++)
		if (*name > ' ' && *name <= '~' && *name != '"' &&
		    *name != '\\')
			text_add_bytes(to, name, 1);
	text_add(to, "\",");
	return 0;
}

/* What it stands on, in no order. */
static void tell_slaves(struct text *to, const struct device *device)
{
	char path[96];
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, SYS);
	text_add(&text, device->number);
	text_add(&text, "/slaves");
	text_add(to, "\"on\":[");
	(void)file_list(path, tell_name, to);
	text_close(to, "],");
}

static void tell_target(void *owner, const struct mapper_target *target)
{
	(void)tell_name(owner, target->kind);
}

static void tell_mapped(struct text *to, const struct device *device)
{
	char line[256];

	text_field(to, "mapped", device->label);
	text_field(to, "uuid",
		   file_read_line(line, sizeof(line), SYS, device->number,
				  "/dm/uuid", NULL));
	text_add(to, "\"targets\":[");
	(void)mapper_table(device->label, tell_target, to);
	text_close(to, "],");
}

/* udev's word for what is in the superblock at the end of the members. */
static void tell_udev(struct text *to, const char *name, const char *key)
{
	const char *at = text_find(file, key);
	char value[128];
	struct text text;

	if (!at)
		return;
	text_begin(&text, value, sizeof(value));
	while (*at && *at != '=')
		at++;
	for (at += *at == '='; *at && *at != '\n'; at++)
		text_add_bytes(&text, at, 1);
	text_field(to, name, value);
}

static void tell_array(struct text *to, const struct device *device)
{
	char line[64];
	char path[64];
	struct text text;

	text_field(to, "level",
		   file_read_line(line, sizeof(line), SYS, device->number,
				  "/md/level", NULL));
	text_field(to, "metadata",
		   file_read_line(line, sizeof(line), SYS, device->number,
				  "/md/metadata_version", NULL));
	text_field_number(
		to, "members",
		file_read_number(SYS, device->number, "/md/raid_disks", NULL));
	text_begin(&text, path, sizeof(path));
	text_add(&text, "/run/udev/data/b");
	text_add(&text, device->number);
	if (file_read(path, file, sizeof(file)) > 0) {
		tell_udev(to, "md_uuid", "E:MD_UUID=");
		tell_udev(to, "md_name", "E:MD_NAME=");
	}
}

static void tell_device(struct text *to, size_t which)
{
	const struct device *device = &devices.device[which];
	uint64_t number =
		file_read_number(SYS, device->number, "/partition", NULL);
	const char *kind = number ? "part" : facts_layer_kind(device);
	bool whole = !number && text_equal(kind, "other");

	text_open(to, "{");
	text_field(to, "name", device->name);
	text_field(to, "kind", whole ? "disk" : kind);
	text_field_number(to, "size",
			  file_read_number(SYS, device->number, "/size", NULL)
				  << 9);
	if (number) {
		text_field_number(to, "number", number);
		text_field_number(
			to, "start",
			file_read_number(SYS, device->number, "/start", NULL)
				<< 9);
		text_field(to, "of", devices.device[device->whole].name);
	} else {
		text_field_number(to, "sector",
				  file_read_number(SYS, device->number,
						   "/queue/logical_block_size",
						   NULL));
		tell_slaves(to, device);
	}
	if (text_equal(kind, "md"))
		tell_array(to, device);
	else if (text_equal(kind, "lvm") || text_equal(kind, "crypt") ||
		 text_equal(kind, "dm") || text_equal(kind, "multipath"))
		tell_mapped(to, device);
	tell_head(to, device, whole);
	text_close(to, "},");
}

static void tell_mount(void *owner, const struct mount *mount)
{
	struct text *to = owner;
	const struct device *device;

	if (!text_equal(mount->process, "self"))
		return;
	device = device_find_mount(&devices, mount);
	if (!device)
		return;
	text_open(to, "{");
	text_field(to, "device", device->name);
	text_field(to, "root", mount->root);
	text_field(to, "place", mount->place);
	text_field(to, "type", mount->type);
	text_field(to, "options", mount->options);
	text_field(to, "super", mount->super);
	space_tell(to, NULL, mount->place, mount->number);
	if (text_equal(mount->type, "btrfs"))
		storage_btrfs_tell(to, mount->place);
	text_close(to, "},");
}

static void tell_swap(void *owner, const struct swap *swap)
{
	struct text *to = owner;
	const struct device *device =
		swap->file ? NULL : device_find_node(&devices, swap->path);

	if (!device && !swap->file)
		return;
	text_open(to, "{");
	if (device)
		text_field(to, "device", device->name);
	else
		text_field(to, "file", swap->path);
	text_field_number(to, "size", swap->size);
	text_field_number(to, "used", swap->used);
	text_close(to, "},");
}

static bool is_uefi(void)
{
	long fd = system_open("/sys/firmware/efi", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)system_close((int)fd);
	return fd >= 0;
}

/* Of boot loaders: programs that install GRUB, its modules for BIOS, its menu,
 * and the first stage of GRUB 0.97.  What they mean is for the agent. */
static const char *const grub[] = {
	"/usr/local/sbin/grub-install",
	"/usr/local/bin/grub-install",
	"/usr/sbin/grub-install",
	"/usr/bin/grub-install",
	"/sbin/grub-install",
	"/bin/grub-install",
	"/usr/local/sbin/grub2-install",
	"/usr/local/bin/grub2-install",
	"/usr/sbin/grub2-install",
	"/usr/bin/grub2-install",
	"/sbin/grub2-install",
	"/bin/grub2-install",
	"/usr/lib/grub/i386-pc/modinfo.sh",
	"/usr/lib/grub2/i386-pc/modinfo.sh",
	"/usr/lib64/grub/i386-pc/modinfo.sh",
	"/usr/lib64/grub2/i386-pc/modinfo.sh",
	"/usr/share/grub/i386-pc/modinfo.sh",
	"/usr/share/grub2/i386-pc/modinfo.sh",
	"/usr/local/lib/grub/i386-pc/modinfo.sh",
	"/boot/grub/grub.cfg",
	"/boot/grub2/grub.cfg",
	"/boot/grub/stage1",
	"/boot/grub/stage2",
	"/usr/lib/grub/i386-pc/stage1",
	"/usr/lib/grub/x86_64-pc/stage1",
	"/usr/share/grub/i386-redhat/stage1",
	"/usr/share/grub/x86_64-redhat/stage1",
};

static void tell_grub(struct text *to)
{
	text_add(to, "\"grub\":[");
	for (size_t i = 0; i < sizeof(grub) / sizeof(*grub); i++) {
		long fd = system_open(grub[i], O_PATH | O_CLOEXEC);

		if (fd < 0)
			continue;
		(void)system_close((int)fd);
		(void)tell_name(to, grub[i]);
	}
	text_close(to, "],");
}

static void tell_file(struct text *to, const char *name, const char *path)
{
	long n = file_read(path, file, sizeof(file));

	if (n > 0)
		text_field_hex(to, name, file, (size_t)n);
}

const char *storage_collect(size_t *ret_length)
{
	struct text text;

	facts_disk_gather(&devices);
	text_begin(&text, buffer, sizeof(buffer));
	text_open(&text, "{");
	text_field(&text, "version", LANDER_VERSION);
	text_field(&text, "firmware", is_uefi() ? "uefi" : "bios");
	text_field_truth(&text, "cut", devices.full);
	text_add(&text, "\"devices\":[");
	for (size_t i = 0; i < devices.count; i++)
		tell_device(&text, i);
	text_close(&text, "],");
	text_add(&text, "\"mounts\":[");
	mount_each(tell_mount, &text);
	text_close(&text, "],");
	text_add(&text, "\"swaps\":[");
	swap_each(tell_swap, &text);
	text_close(&text, "],");
	tell_file(&text, "fstab", "/etc/fstab");
	tell_file(&text, "crypttab", "/etc/crypttab");
	tell_grub(&text);
	text_close(&text, "}");
	/* Half an object is none. */
	if (text.full) {
		text_begin(&text, buffer, sizeof(buffer));
		text_add(&text, "{\"cut\":true}");
	}
	*ret_length = text.length;
	return buffer;
}
