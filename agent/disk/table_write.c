/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole new partition table, with every identity that the old one had: disk
 * and partition GUIDs, types, names, attributes.  By sfdisk, because libparted
 * sets neither the disk's GUID nor a partition's, and knows few types.  What
 * sfdisk wrote is read again by libblkid before anything is put into it.
 */
#include "disk/table_write.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "disk/design.h"
#include "disk/layout.h"
#include "disk/settle.h"

#define TOOL_S 120

static bool is_on(const struct design *design, size_t node, size_t disk)
{
	return design->node[node].kind == DESIGN_PART &&
	       design->node[node].on[0] == disk;
}

/* Bits 0 to 2 have names, 48 to 63 belong to the partition's type, UEFI 2.10,
 * table 5.8; the others must be zero. */
static void print_flags(FILE *out, uint64_t flags)
{
	static const char *const name[] = {
		"RequiredPartition", "NoBlockIOProtocol", "LegacyBIOSBootable"};
	const char *gap = "";

	if (!(flags & 0xffff000000000007ULL))
		return;
	(void)fprintf(out, ", attrs=\"");
	for (size_t i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (flags >> i & 1) {
			(void)fprintf(out, "%s%s", gap, name[i]);
			gap = " ";
		}
	for (unsigned int i = 48; i < 64; i++)
		if (flags >> i & 1) {
			(void)fprintf(out, "%sGUID:%u", gap, i);
			gap = " ";
		}
	(void)fprintf(out, "\"");
}

static void print_part(FILE *out, const struct design_node *disk,
		       const struct design_node *part, uint32_t sector)
{
	const char *type = part->type;

	/* "0x83" of an MBR is "83" to sfdisk. */
	if (!strncmp(type, "0x", 2))
		type += 2;
	(void)fprintf(out, "p%u : start=%" PRIu64 ", size=%" PRIu64 ", type=%s",
		      part->number, part->start / sector, part->size / sector,
		      type);
	if (!strcmp(disk->table, "gpt")) {
		if (*part->uuid)
			(void)fprintf(out, ", uuid=%s", part->uuid);
		print_flags(out, part->flags);
	} else if (part->flags & 0x80) {
		(void)fprintf(out, ", bootable");
	}
	(void)fputc('\n', out);
}

static bool is_logical(const struct design_node *disk,
		       const struct design_node *part)
{
	return !strcmp(disk->table, "dos") && part->number > 4;
}

static char *make_script(const struct design *design, size_t which,
			 uint32_t sector)
{
	const struct design_node *disk = &design->node[which];
	size_t length = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	(void)fprintf(out, "label: %s\n", disk->table);
	if (*disk->uuid)
		(void)fprintf(out, "label-id: %s\n", disk->uuid);
	(void)fprintf(out, "unit: sectors\n\n");
	/* The extended one has to be there before those that are in it. */
	for (size_t i = 0; i < design->count; i++)
		if (is_on(design, i, which) &&
		    !is_logical(disk, &design->node[i]))
			print_part(out, disk, &design->node[i], sector);
	for (size_t i = 0; i < design->count; i++)
		if (is_on(design, i, which) &&
		    is_logical(disk, &design->node[i]))
			print_part(out, disk, &design->node[i], sector);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static int run_script(const char *device, const char *script, uint32_t sector,
		      struct error **err)
{
	char sector_text[32];
	const char *const argv[] = {
		"sfdisk",	 "-q",	      "--lock=no",
		"--wipe=always", sector_text, "--wipe-partitions=always",
		"--no-reread",	 device,      NULL};
	const struct process process = {
		.argv = argv, .input = script, .timeout_s = TOOL_S};

	(void)snprintf(sector_text, sizeof(sector_text),
		       "--sector-size=%" PRIu32, sector);
	return process_check(&process, ERROR_TARGET, err);
}

/* As an argument, which any character goes through. */
static int name_parts(const struct design *design, size_t which,
		      struct error **err)
{
	const struct design_node *disk = &design->node[which];
	int r = 0;

	for (size_t i = 0; r == 0 && i < design->count; i++) {
		const struct design_node *part = &design->node[i];
		char number[12];
		const char *const argv[] = {
			"sfdisk",	"-q",	    "--lock=no",
			"--part-label", "--",	    disk->device,
			number,		part->name, NULL};
		const struct process process = {.argv = argv,
						.timeout_s = TOOL_S};

		if (!is_on(design, i, which) || !*part->name ||
		    strcmp(disk->table, "gpt") != 0)
			continue;
		(void)snprintf(number, sizeof(number), "%u", part->number);
		r = process_check(&process, ERROR_TARGET, err);
	}
	return r;
}

static bool is_same(const char *want, const char *have)
{
	return !*want || (have && !strcasecmp(want, have));
}

static int check_part(const struct design_node *part,
		      const struct layout *layout, struct error **err)
{
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_part *have = &layout->part[i];

		/* Of an extended one libblkid tells a size of its own. */
		if (have->number == part->number &&
		    have->start == part->start &&
		    (part->extended || have->length == part->size) &&
		    is_same(part->type, have->type) &&
		    (part->extended || !*part->uuid ||
		     is_same(part->uuid, have->uuid)))
			return 0;
	}
	return error_set(err, ERROR_TARGET, EILSEQ,
			 "partition %u is not what was asked for",
			 part->number);
}

static int check(const struct design *design, size_t which, struct error **err)
{
	const struct design_node *disk = &design->node[which];
	struct layout layout = {0};
	int r = layout_read(disk->device, &layout, err);

	if (r == 0 &&
	    (!layout.kind || strcmp(layout.kind, disk->table) != 0 ||
	     (*disk->uuid &&
	      (!layout.id ||
	       strcasecmp(disk->uuid + (strncmp(disk->uuid, "0x", 2) ? 0 : 2),
			  layout.id) != 0))))
		r = error_set(err, ERROR_TARGET, EILSEQ,
			      "the new partition table is not what was asked "
			      "for");
	for (size_t i = 0; r == 0 && i < design->count; i++)
		if (is_on(design, i, which))
			r = check_part(&design->node[i], &layout, err);
	layout_done(&layout);
	return r;
}

static int wipe(const char *device, struct error **err)
{
	const char *const argv[] = {"wipefs",	 "-q",	 "-a", "-f",
				    "--lock=no", device, NULL};
	const struct process process = {.argv = argv, .timeout_s = TOOL_S};

	return process_check(&process, ERROR_TARGET, err);
}

/* Linux has room for so many, block/genhd.c */
#define PARTS_MAX 256

static int tell_kernel(int fd, int what, const struct design_node *part, int n)
{
	struct blkpg_partition detail = {.pno = n};
	struct blkpg_ioctl_arg arg = {
		.op = what, .datalen = sizeof(detail), .data = &detail};

	if (part) {
		detail.start = (long long)part->start;
		/* Of an extended one nothing is to be used but its table. */
		detail.length = part->extended ? 1024 : (long long)part->size;
	}
	return ioctl(fd, BLKPG, &arg);
}

/* Partition by partition: some kernels read no tables of their own accord, and
 * where they do, this is one moment without partitions less. */
static int reread(const struct design *design, size_t which, struct error **err)
{
	const char *device = design->node[which].device;
	int fd;
	int r = 0;

	settle();
	fd = open(device, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", device);
	for (int i = 1; r == 0 && i < PARTS_MAX; i++)
		if (tell_kernel(fd, BLKPG_DEL_PARTITION, NULL, i) < 0 &&
		    errno != ENXIO)
			r = error_set(err, ERROR_TARGET, errno,
				      "the kernel keeps the old partition %d",
				      i);
	for (size_t i = 0; r == 0 && i < design->count; i++) {
		const struct design_node *part = &design->node[i];

		if (is_on(design, i, which) &&
		    tell_kernel(fd, BLKPG_ADD_PARTITION, part,
				(int)part->number) < 0)
			r = error_set(err, ERROR_TARGET, errno,
				      "the kernel does not take partition %u",
				      part->number);
	}
	(void)close(fd);
	settle();
	return r;
}

int table_write_tell(const struct design *design, size_t which,
		     struct error **err)
{
	const char *device = design->node[which].device;
	int fd = open(device, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return error_set(err, ERROR_TARGET, errno, "open '%s'", device);
	for (size_t i = 0; r == 0 && i < design->count; i++) {
		const struct design_node *part = &design->node[i];

		if (is_on(design, i, which) &&
		    tell_kernel(fd, BLKPG_ADD_PARTITION, part,
				(int)part->number) < 0 &&
		    errno != EBUSY)
			r = error_set(err, ERROR_TARGET, errno,
				      "the kernel does not take partition %u "
				      "of '%s'",
				      part->number, device);
	}
	(void)close(fd);
	settle();
	return r;
}

static int read_sector(const char *device, uint32_t *ret, struct error **err)
{
	int sector = 0;
	int fd = open(device, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKSSZGET, &sector) < 0 || sector <= 0) {
		int code = errno;

		if (fd >= 0)
			(void)close(fd);
		return error_set(err, ERROR_TARGET, code, "open '%s'", device);
	}
	(void)close(fd);
	*ret = (uint32_t)sector;
	return 0;
}

int table_write(const struct design *design, size_t which, struct error **err)
{
	const struct design_node *disk = &design->node[which];
	uint32_t sector = 512;
	char *script = NULL;
	int r = read_sector(disk->device, &sector, err);

	if (r == 0)
		r = wipe(disk->device, err);
	if (r == 0 && *disk->table) {
		script = make_script(design, which, sector);
		r = script ? run_script(disk->device, script, sector, err)
			   : error_memory(err);
		free(script);
		if (r == 0)
			r = name_parts(design, which, err);
		if (r == 0)
			r = check(design, which, err);
		if (r == 0)
			r = reread(design, which, err);
	}
	return r < 0 ? error_wrap(err, "partition '%s'", disk->device) : 0;
}
