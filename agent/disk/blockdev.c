/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disks of this machine, out of /sys/block and nothing else: no udev, no
 * ioctl, no open.  Whether a disk is in use is asked of disk/claim.  It
 * refuses to name a partition a disk.
 */
#include "disk/blockdev.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/claim.h"

#define SYS_BLOCK "/sys/block"

/* A disk of this machine is none of these. */
static const char *const not_a_disk[] = {"loop", "ram", "zram", "dm-", "md",
					 "fd",	 "sr",	"nbd",	NULL};

static bool is_disk_name(const char *name)
{
	if (*name == '.')
		return false;
	for (size_t i = 0; not_a_disk[i]; i++) {
		size_t n = strlen(not_a_disk[i]);

		if (strncmp(name, not_a_disk[i], n) == 0 &&
		    (isdigit((unsigned char)name[n]) || name[n - 1] == '-'))
			return false;
	}
	/* The boot and RPMB areas of an eMMC. */
	return !strstr(name, "boot") && !strstr(name, "rpmb");
}

/* A printable, trimmed line of /sys/block/NAME/ATTRIBUTE, or NULL. */
static char *attribute(const char *name, const char *what)
{
	char path[PATH_MAX];
	char *text;
	char *from;

	(void)snprintf(path, sizeof(path), SYS_BLOCK "/%s/%s", name, what);
	text = io_read_line(path);
	if (!text)
		return NULL;
	from = text + strspn(text, " \t");
	memmove(text, from, strlen(from) + 1);
	for (char *at = text; *at; at++)
		if (!isprint((unsigned char)*at))
			*at = '?';
	if (!*text) {
		free(text);
		return NULL;
	}
	return text;
}

static uint64_t number(const char *name, const char *what, uint64_t otherwise)
{
	char path[PATH_MAX];
	uint64_t value = otherwise;

	(void)snprintf(path, sizeof(path), SYS_BLOCK "/%s/%s", name, what);
	(void)io_read_number(path, &value);
	return value;
}

/* The serial number page of a SCSI or ATA disk: 4 bytes, then ASCII
 * (SPC-4 §7.8.15). */
static char *serial_page(const char *name)
{
	char path[PATH_MAX];
	char *page = NULL;
	char *serial = NULL;
	size_t length = 0;
	size_t from = 4;

	(void)snprintf(path, sizeof(path), SYS_BLOCK "/%s/device/vpd_pg80",
		       name);
	if (io_read_file(path, 4096, &page, &length, NULL) < 0)
		return NULL;
	while (from < length && page[from] == ' ')
		from++;
	while (length > from &&
	       (page[length - 1] == ' ' || page[length - 1] == '\0'))
		length--;
	if (length > from)
		serial = strndup(page + from, length - from);
	free(page);
	for (char *at = serial; at && *at; at++)
		if (!isprint((unsigned char)*at))
			*at = '?';
	return serial;
}

static char *first_of(const char *name, const char *one, const char *two)
{
	char *text = attribute(name, one);

	return text ? text : attribute(name, two);
}

/* A world-wide name, but not the t10 text, which is model and serial. */
static char *read_wwn(const char *name)
{
	char *text = first_of(name, "wwid", "device/wwid");

	if (text && strncmp(text, "naa.", 4) != 0 &&
	    strncmp(text, "eui.", 4) != 0) {
		free(text);
		text = NULL;
	}
	return text;
}

/* The bus, out of the path of the device in /sys/devices. */
static const char *find_bus(const char *name)
{
	char link[PATH_MAX];
	char real[PATH_MAX];

	if (strncmp(name, "nvme", 4) == 0)
		return "nvme";
	if (strncmp(name, "mmcblk", 6) == 0)
		return "mmc";
	if (strncmp(name, "xvd", 3) == 0)
		return "xen";
	if (strncmp(name, "vd", 2) == 0)
		return "virtio";
	if (strncmp(name, "loop", 4) == 0)
		return "loop";
	(void)snprintf(link, sizeof(link), SYS_BLOCK "/%s", name);
	if (!realpath(link, real))
		return "other";
	if (strstr(real, "/usb"))
		return "usb";
	if (strstr(real, "/ata"))
		return "ata";
	if (strstr(real, "/target"))
		return "scsi";
	return "other";
}

static int read_disk(const char *name, struct blockdev *disk,
		     struct error **err)
{
	disk->is_block = true;
	disk->name = strdup(name);
	disk->bus = strdup(find_bus(name));
	if (asprintf(&disk->path, "/dev/%s", name) < 0)
		disk->path = NULL;
	if (!disk->name || !disk->bus || !disk->path)
		return error_memory(err);
	disk->serial = first_of(name, "serial", "device/serial");
	if (!disk->serial)
		disk->serial = serial_page(name);
	disk->wwn = read_wwn(name);
	disk->model = attribute(name, "device/model");
	disk->size = number(name, "size", 0) << 9;
	disk->logical_block =
		(uint32_t)number(name, "queue/logical_block_size", 512);
	disk->read_only = number(name, "ro", 0) != 0;
	disk->removable = number(name, "removable", 0) != 0;
	return 0;
}

/* sda, sdb, … sdz, sdaa; nvme0n1, nvme2n1, nvme10n1. */
static int in_order(const void *one, const void *two)
{
	const char *a = ((const struct blockdev *)one)->name;
	const char *b = ((const struct blockdev *)two)->name;
	size_t letters_a = strcspn(a, "0123456789");
	size_t letters_b = strcspn(b, "0123456789");

	if (a[0] == b[0] && a[1] == b[1] && letters_a != letters_b)
		return letters_a < letters_b ? -1 : 1;
	return strverscmp(a, b);
}

static int add_disk(struct blockdevs *list, const char *name,
		    struct error **err)
{
	struct blockdev *grown =
		reallocarray(list->disk, list->count + 1, sizeof(*grown));
	struct blockdev *disk;
	int r;

	if (!grown)
		return error_memory(err);
	list->disk = grown;
	disk = &grown[list->count];
	*disk = (struct blockdev){0};
	r = read_disk(name, disk, err);
	if (r == 0 && disk->size)
		r = claim_find(disk->name, &disk->busy, err);
	if (r < 0 || !disk->size)
		blockdev_done(disk);
	else
		list->count++;
	return r;
}

int blockdev_list(struct blockdevs *ret_list, struct error **err)
{
	struct blockdevs list = {0};
	struct dirent *entry;
	DIR *dir = opendir(SYS_BLOCK);
	int r = 0;

	if (!dir)
		return error_set(err, ERROR_TARGET, errno, "open " SYS_BLOCK);
	while (r == 0 && (entry = readdir(dir))) {
		if (!is_disk_name(entry->d_name) ||
		    number(entry->d_name, "hidden", 0))
			continue;
		r = add_disk(&list, entry->d_name, err);
	}
	(void)closedir(dir);
	if (r < 0) {
		blockdev_free_list(&list);
		return r;
	}
	if (list.count)
		qsort(list.disk, list.count, sizeof(*list.disk), in_order);
	*ret_list = list;
	return 0;
}

static int probe_file(const char *path, uint64_t size, struct blockdev *disk,
		      struct error **err)
{
	const char *slash = strrchr(path, '/');

	disk->name = strdup(slash ? slash + 1 : path);
	disk->path = strdup(path);
	disk->bus = strdup("file");
	disk->size = size;
	disk->logical_block = 512;
	if (!disk->name || !disk->path || !disk->bus)
		return error_memory(err);
	return claim_file(path, &disk->busy, err);
}

static int probe_device(const char *path, dev_t dev, struct blockdev *disk,
			struct error **err)
{
	char link[64];
	char real[PATH_MAX];
	char part[PATH_MAX + 16];
	const char *name;
	uint64_t value;
	int r;

	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(dev),
		       minor(dev));
	if (!realpath(link, real))
		return error_set(err, ERROR_CONFIG, errno, "'%s'", path);
	(void)snprintf(part, sizeof(part), "%s/partition", real);
	if (io_read_number(part, &value))
		return error_set(err, ERROR_CONFIG, ENOTBLK,
				 "'%s' is a partition, not a disk", path);
	name = strrchr(real, '/') + 1;
	r = read_disk(name, disk, err);
	return r < 0 ? r : claim_find(name, &disk->busy, err);
}

int blockdev_probe(const char *path, struct blockdev *ret_disk,
		   struct error **err)
{
	struct blockdev disk = {0};
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return error_set(err, ERROR_CONFIG, errno, "'%s'", path);
	if (S_ISBLK(st.st_mode))
		r = probe_device(path, st.st_rdev, &disk, err);
	else if (S_ISREG(st.st_mode))
		r = probe_file(path, (uint64_t)st.st_size, &disk, err);
	else
		r = error_set(err, ERROR_CONFIG, ENOTBLK,
			      "'%s' is neither a disk nor a file", path);
	if (r < 0)
		blockdev_done(&disk);
	else
		*ret_disk = disk;
	return r;
}

static bool same(const char *known, const char *text)
{
	return known && strcmp(known, text) == 0;
}

const struct blockdev *blockdev_find(const struct blockdevs *list,
				     const char *text)
{
	const struct blockdev *found = NULL;
	char real[PATH_MAX];

	/* A link of udev, /dev/disk/by-id/…, stands for what it points to. */
	if (*text != '/' || !realpath(text, real))
		real[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		const struct blockdev *disk = &list->disk[i];

		if (!same(disk->name, text) && !same(disk->path, text) &&
		    !same(disk->serial, text) && !same(disk->wwn, text) &&
		    !same(disk->path, real))
			continue;
		if (found)
			return NULL;
		found = disk;
	}
	return found;
}

static bool copy_text(const char *from, char **to)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

const char *blockdev_partition(const char *device, unsigned int number,
			       char *buf, size_t room)
{
	size_t length = strlen(device);
	bool digit = length && isdigit((unsigned char)device[length - 1]);

	(void)snprintf(buf, room, "%s%s%u", device, digit ? "p" : "", number);
	return buf;
}

int blockdev_copy(const struct blockdev *from, struct blockdev *ret_disk,
		  struct error **err)
{
	struct blockdev copy = *from;
	bool good = copy_text(from->name, &copy.name);

	good = copy_text(from->path, &copy.path) && good;
	good = copy_text(from->serial, &copy.serial) && good;
	good = copy_text(from->wwn, &copy.wwn) && good;
	good = copy_text(from->model, &copy.model) && good;
	good = copy_text(from->bus, &copy.bus) && good;
	good = copy_text(from->busy, &copy.busy) && good;
	if (!good) {
		blockdev_done(&copy);
		return error_memory(err);
	}
	*ret_disk = copy;
	return 0;
}

void blockdev_done(struct blockdev *disk)
{
	free(disk->name);
	free(disk->path);
	free(disk->serial);
	free(disk->wwn);
	free(disk->model);
	free(disk->bus);
	free(disk->busy);
	*disk = (struct blockdev){0};
}

void blockdev_free_list(struct blockdevs *list)
{
	for (size_t i = 0; i < list->count; i++)
		blockdev_done(&list->disk[i]);
	free(list->disk);
	*list = (struct blockdevs){0};
}
