/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is on a disk: its partition table and the signature in each partition,
 * as libblkid sees them.  It reads through the page cache, changes nothing,
 * and does not judge: two signatures in one place are told as "ambiguous".
 */
#include "disk/layout.h"

#include <sys/mman.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "base/error.h"
#include "base/io.h"

#define GPT_MAGIC "EFI PART"
#define ESP_GUID  "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

uint32_t layout_sector_size(const void *head, size_t length)
{
	static const uint32_t sizes[] = {512, 4096};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (length >= sizes[i] + 8 &&
		    memcmp((const char *)head + sizes[i], GPT_MAGIC, 8) == 0)
			return sizes[i];
	return 0;
}

/* A copy of one libblkid value; *ret stays NULL when there is none. */
static int take(char **ret, const char *value, struct error **err)
{
	if (!value || !*value)
		return 0;
	*ret = strdup(value);
	return *ret ? 0 : error_memory(err);
}

static int take_tag(blkid_probe probe, const char *tag, char **ret,
		    struct error **err)
{
	const char *value = NULL;

	if (blkid_probe_lookup_value(probe, tag, &value, NULL) < 0)
		return 0;
	return take(ret, value, err);
}

/* More than one file system answers: libblkid 2.41 reports that with the same
 * value as a device that fails. */
static bool is_ambiguous(blkid_probe probe)
{
	int count = 0;

	blkid_reset_probe(probe);
	while (count < 2 && blkid_do_probe(probe) == 0)
		count++;
	return count == 2;
}

/* The signature in [offset, offset + length), length 0 = to the end. */
static int read_signature(int fd, uint64_t offset, uint64_t length,
			  struct layout_signature *ret, struct error **err)
{
	blkid_probe probe = blkid_new_probe();
	int r;

	if (!probe)
		return error_memory(err);
	if (blkid_probe_set_device(probe, fd, (blkid_loff_t)offset,
				   (blkid_loff_t)length) < 0) {
		/* Out of the device: a table that lies. */
		blkid_free_probe(probe);
		return 0;
	}
	(void)blkid_probe_enable_superblocks(probe, 1);
	(void)blkid_probe_set_superblocks_flags(
		probe,
		BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL);
	errno = 0;
	r = blkid_do_safeprobe(probe);
	if (r == -2 || (r == -1 && is_ambiguous(probe))) {
		r = take(&ret->fs, "ambiguous", err);
	} else if (r == -1) {
		r = error_set(err, ERROR_TARGET, errno ? errno : EIO,
			      "look for file systems");
	} else if (r == 0) {
		r = take_tag(probe, "TYPE", &ret->fs, err);
		if (r == 0)
			r = take_tag(probe, "UUID", &ret->uuid, err);
		if (r == 0)
			r = take_tag(probe, "LABEL", &ret->label, err);
	} else {
		r = 0;
	}
	blkid_free_probe(probe);
	return r;
}

int layout_read_signature(const char *path, struct layout_signature *ret,
			  struct error **err)
{
	struct layout_signature found = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	r = read_signature(fd, 0, 0, &found, err);
	(void)close(fd);
	if (r < 0) {
		layout_done_signature(&found);
		return error_wrap(err, "'%s'", path);
	}
	*ret = found;
	return 0;
}

void layout_done_signature(struct layout_signature *signature)
{
	free(signature->fs);
	free(signature->uuid);
	free(signature->label);
	*signature = (struct layout_signature){0};
}

static int read_type(blkid_partition part, char **ret, struct error **err)
{
	const char *guid = blkid_partition_get_type_string(part);

	if (guid)
		return take(ret, guid, err);
	if (asprintf(ret, "0x%02x",
		     (unsigned int)blkid_partition_get_type(part) & 0xff) < 0) {
		*ret = NULL;
		return error_memory(err);
	}
	return 0;
}

static int read_part(int fd, blkid_partition part, struct layout_part *ret,
		     struct error **err)
{
	struct layout_signature found = {0};
	int r;

	ret->number = (unsigned int)blkid_partition_get_partno(part);
	/* libblkid counts in 512 bytes, whatever the sector size. */
	ret->start = (uint64_t)blkid_partition_get_start(part) << 9;
	ret->length = (uint64_t)blkid_partition_get_size(part) << 9;
	r = read_type(part, &ret->type, err);
	if (r == 0)
		r = take(&ret->uuid, blkid_partition_get_uuid(part), err);
	if (r == 0)
		r = take(&ret->name, blkid_partition_get_name(part), err);
	ret->flags = blkid_partition_get_flags(part);
	if (r == 0 && !blkid_partition_is_extended(part) && ret->length)
		r = read_signature(fd, ret->start, ret->length, &found, err);
	ret->fs = found.fs;
	ret->fs_uuid = found.uuid;
	ret->fs_label = found.label;
	return r;
}

static int read_table(int fd, blkid_probe probe, struct layout *layout,
		      struct error **err)
{
	blkid_partlist list = blkid_probe_get_partitions(probe);
	blkid_parttable table = list ? blkid_partlist_get_table(list) : NULL;
	int count = list ? blkid_partlist_numof_partitions(list) : 0;
	int r = 0;

	if (!table)
		return 0;
	r = take(&layout->kind, blkid_parttable_get_type(table), err);
	if (r == 0)
		r = take(&layout->id, blkid_parttable_get_id(table), err);
	if (r < 0 || count <= 0)
		return r;
	layout->part = calloc((size_t)count, sizeof(*layout->part));
	if (!layout->part)
		return error_memory(err);
	for (int i = 0; i < count && r == 0; i++)
		r = read_part(fd, blkid_partlist_get_partition(list, i),
			      &layout->part[layout->count++], err);
	return r;
}

static int read_disk(int fd, struct layout *layout, struct error **err)
{
	struct layout_signature whole = {0};
	blkid_probe probe = NULL;
	char head[4096 + 512];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	int r;

	if (n < 0)
		return error_set(err, ERROR_TARGET, errno, "read at 0");
	layout->sector_size = layout_sector_size(head, (size_t)n);
	if (n == 0)
		return 0;
	probe = blkid_new_probe();
	if (!probe)
		return error_memory(err);
	if (blkid_probe_set_device(probe, fd, 0, 0) < 0) {
		r = error_set(err, ERROR_TARGET, errno, "probe");
		goto out;
	}
	/* An image may be of a disk with other sectors than its carrier. */
	if (layout->sector_size)
		(void)blkid_probe_set_sectorsize(probe, layout->sector_size);
	(void)blkid_probe_enable_superblocks(probe, 0);
	(void)blkid_probe_enable_partitions(probe, 1);
	r = read_table(fd, probe, layout, err);
	if (r == 0)
		r = read_signature(fd, 0, 0, &whole, err);
	layout->fs = whole.fs;
	whole.fs = NULL;
	layout->fs_label = whole.label;
	whole.label = NULL;
	layout_done_signature(&whole);
out:
	blkid_free_probe(probe);
	return r;
}

int layout_read(const char *path, struct layout *ret_layout, struct error **err)
{
	struct layout layout = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", path);
	r = read_disk(fd, &layout, err);
	(void)close(fd);
	if (r < 0) {
		layout_done(&layout);
		return error_wrap(err, "layout of '%s'", path);
	}
	*ret_layout = layout;
	return 0;
}

int layout_of_head(const void *head, size_t length, uint64_t size,
		   struct layout *ret_layout, struct error **err)
{
	char path[40];
	/* libblkid wants a file; the rest of the disk is a hole in it. */
	int fd = memfd_create("head", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "memfd");
	r = ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
	if (r == 0)
		r = io_pwrite(fd, head, length < size ? length : (size_t)size,
			      0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (r < 0)
		r = error_set(err, ERROR_TARGET, -r, "the head of a disk");
	else if (layout_read(path, ret_layout, NULL) < 0)
		r = error_set(err, ERROR_TARGET, ENOTSUP,
			      "the partition table");
	(void)close(fd);
	return r;
}

char *layout_part_path(const char *disk, unsigned int number)
{
	char last = disk[strlen(disk) - 1];
	char *path = NULL;

	if (asprintf(&path, "%s%s%u", disk,
		     last >= '0' && last <= '9' ? "p" : "", number) < 0)
		return NULL;
	return path;
}

const struct layout_part *layout_esp(const struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		const char *type = layout->part[i].type;

		if (type &&
		    (strcmp(type, ESP_GUID) == 0 || strcmp(type, "0xef") == 0))
			return &layout->part[i];
	}
	return NULL;
}

void layout_done(struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		struct layout_part *part = &layout->part[i];

		free(part->type);
		free(part->uuid);
		free(part->name);
		free(part->fs);
		free(part->fs_uuid);
		free(part->fs_label);
	}
	free(layout->part);
	free(layout->kind);
	free(layout->id);
	free(layout->fs);
	free(layout->fs_label);
	*layout = (struct layout){0};
}
