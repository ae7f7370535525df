/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of this machine and who uses them.
 * Sources: sysfs-block of the kernel's ABI documents; the data base of udev in
 * /run/udev/data for serial numbers that sysfs does not have.
 */
#include "lander-source/facts_disk.h"

#include "lander-source/counter.h"
#include "lander-source/device.h"
#include "lander-source/disk.h"
#include "lander-source/facts_layer.h"
#include "lander-source/file.h"
#include "lander-source/system.h"
#include "lander-source/text.h"
#include "source/wire.h"

#define BLOCK "/sys/block/"

static struct devices devices;
static char udev[65536];

/* Disks that were opened, by their number in the protocol: told, too. */
static char opened[WIRE_DISKS_MAX][24];

void facts_disk_note(unsigned int disk, const char *number)
{
	struct text text;

	text_begin(&text, opened[disk % WIRE_DISKS_MAX], sizeof(opened[0]));
	text_add(&text, number);
}

static bool is_open(const char *number)
{
	for (unsigned int i = 0; i < WIRE_DISKS_MAX; i++)
		if (opened[i][0] && text_equal(opened[i], number))
			return true;
	return false;
}

/* A disk is what has hardware below it, or is NVMe's one name for several
 * paths; loop, ram, zram, dm and md are none. */
static bool is_disk(const char *name)
{
	char path[128];
	char link[512];
	struct text text;
	long n;

	text_begin(&text, path, sizeof(path));
	text_add(&text, BLOCK);
	text_add(&text, name);
	n = system_readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return false;
	link[n] = '\0';
	if (text_find(link, "/virtual/") && !text_find(link, "nvme-subsystem"))
		return false;
	if (text_begins(name, "sr") || text_begins(name, "fd") ||
	    text_begins(name, "nbd"))
		return false;
	return file_read_number(BLOCK, name, "/size", NULL) &&
	       !file_read_number(BLOCK, name, "/hidden", NULL);
}

/* E:KEY=value of udev's data base. */
static void udev_field(struct text *to, const char *name, const char *key)
{
	const char *at = text_find(udev, key);
	char value[256];
	struct text text;

	if (!at)
		return;
	text_begin(&text, value, sizeof(value));
	for (at += 0; *at && *at != '='; at++)
		;
	for (at += *at == '='; *at && *at != '\n'; at++)
		text_add_bytes(&text, at, 1);
	text_field(to, name, value);
}

static void read_udev(const char *number)
{
	char path[64];
	struct text text;

	text_begin(&text, path, sizeof(path));
	text_add(&text, "/run/udev/data/b");
	text_add(&text, number);
	(void)file_read(path, udev, sizeof(udev));
}

/* The kernel's word, or udev's. */
static void tell_id(struct text *to, const char *disk, const char *name,
		    const char *const path[2])
{
	char line[256];
	size_t before = to->length;

	for (unsigned int i = 0; i < 2 && to->length == before; i++)
		text_field(to, name,
			   file_read_line(line, sizeof(line), BLOCK, disk,
					  path[i], NULL));
}

static void tell_ids(struct text *to, const char *disk)
{
	static const char *const vendor[2] = {"/device/vendor", "/vendor"};
	static const char *const model[2] = {"/device/model", "/device/name"};
	static const char *const serial[2] = {"/serial", "/device/serial"};
	static const char *const wwn[2] = {"/wwid", "/device/wwid"};
	size_t before;

	tell_id(to, disk, "vendor", vendor);
	tell_id(to, disk, "model", model);
	before = to->length;
	tell_id(to, disk, "serial", serial);
	if (to->length == before)
		udev_field(to, "serial", "E:ID_SERIAL_SHORT=");
	before = to->length;
	tell_id(to, disk, "wwn", wwn);
	if (to->length == before)
		udev_field(to, "wwn", "E:ID_WWN=");
}

static void tell_partition(struct text *to, const char *disk,
			   const struct device *device)
{
	const char *part = device->name;
	uint64_t number =
		file_read_number(BLOCK, disk, "/", part, "/partition", NULL);

	if (!number)
		return;
	read_udev(device->number);
	text_open(to, "{");
	text_field(to, "name", part);
	text_field_number(to, "number", number);
	text_field_number(
		to, "start",
		file_read_number(BLOCK, disk, "/", part, "/start", NULL) << 9);
	text_field_number(
		to, "size",
		file_read_number(BLOCK, disk, "/", part, "/size", NULL) << 9);
	udev_field(to, "fs", "E:ID_FS_TYPE=");
	text_close(to, "},");
}

/* Over which line it comes, by its place among the devices. */
static void tell_bus(struct text *to, const char *name)
{
	static const struct {
		const char *part;
		const char *bus;
	} row[] = {
		{"/usb", "usb"},      {"/session", "iscsi"}, {"/rport-", "fc"},
		{"/nvme", "nvme"},    {"/virtio", "virtio"}, {"/vbd-", "xen"},
		{"/vmbus", "hyperv"}, {"/VMBUS:", "hyperv"}, {"/mmc", "mmc"},
		{"/ata", "ata"},      {"/host", "scsi"},
	};
	char path[128];
	char link[512];
	struct text text;
	long n;

	text_begin(&text, path, sizeof(path));
	text_add(&text, BLOCK);
	text_add(&text, name);
	n = system_readlink(path, link, sizeof(link) - 1);
	link[n < 0 ? 0 : n] = '\0';
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (text_find(link, row[i].part)) {
			text_field(to, "bus", row[i].bus);
			break;
		}
}

static void tell_counts(struct text *to, const char *number)
{
	struct counter counter;

	if (!counter_take(number, &counter))
		return;
	text_field_number(to, "was_read", counter.read << 9);
	text_field_number(to, "was_written", counter.written << 9);
}

static void tell_sizes(struct text *to, const char *name)
{
	text_field_number(to, "size",
			  file_read_number(BLOCK, name, "/size", NULL) << 9);
	text_field_number(to, "block",
			  file_read_number(BLOCK, name,
					   "/queue/logical_block_size", NULL));
	text_field_number(to, "physical",
			  file_read_number(BLOCK, name,
					   "/queue/physical_block_size", NULL));
	text_field_truth(to, "read_only",
			 file_read_number(BLOCK, name, "/ro", NULL));
	text_field_truth(to, "removable",
			 file_read_number(BLOCK, name, "/removable", NULL));
	text_field_truth(
		to, "rotational",
		file_read_number(BLOCK, name, "/queue/rotational", NULL));
}

static int tell_disk(void *owner, const char *name)
{
	struct text *to = owner;
	char number[24];

	(void)file_read_line(number, sizeof(number), BLOCK, name, "/dev", NULL);
	if (!is_open(number) && (!is_disk(name) || !disk_is_allowed(name)))
		return 0;
	read_udev(number);
	text_open(to, "{");
	text_field(to, "name", name);
	tell_sizes(to, name);
	tell_counts(to, number);
	tell_ids(to, name);
	tell_bus(to, name);
	udev_field(to, "fs", "E:ID_FS_TYPE=");
	udev_field(to, "table", "E:ID_PART_TABLE_TYPE=");
	device_collect(number, &devices);
	text_add(to, "\"parts\":[");
	for (size_t i = 0; i < devices.count; i++)
		tell_partition(to, name, &devices.device[i]);
	text_close(to, "],");
	text_add(to, "\"layers\":[");
	facts_layer_tell(to, &devices);
	text_close(to, "],");
	text_add(to, "\"users\":[");
	(void)device_users(&devices, true, to);
	text_close(to, "]");
	text_close(to, "},");
	return 0;
}

void facts_disk_tell(struct text *to)
{
	(void)file_list(BLOCK, tell_disk, to);
}

struct gathering {
	struct devices *all;
	bool opened; /* only those that were */
};

static int gather(void *owner, const char *name)
{
	struct gathering *gathering = owner;
	char number[24];

	(void)file_read_line(number, sizeof(number), BLOCK, name, "/dev", NULL);
	if (gathering->opened ? is_open(number)
			      : is_disk(name) && disk_is_allowed(name))
		device_extend(number, gathering->all);
	return 0;
}

void facts_disk_gather(struct devices *ret)
{
	struct gathering gathering = {.all = ret, .opened = true};

	*ret = (struct devices){.count = 0};
	(void)file_list(BLOCK, gather, &gathering);
	gathering.opened = false;
	if (!ret->count)
		(void)file_list(BLOCK, gather, &gathering);
}
