/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One more partition on the copy: an EFI System Partition.  The file system is
 * made first and the entry last, so that nobody ever sees a partition without
 * it.  It deletes, moves and resizes nothing.
 */
#include "disk/newesp.h"

#include <sys/random.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/process.h"
#include "disk/gap.h"
#include "disk/layout.h"

#define TOOL_S 120

/* sfdisk's own shortcut for it in both kinds of table */
#define TYPE "uefi"

static int make_fat(const char *device, uint32_t sector, const struct gap *gap,
		    uint32_t id, struct error **err)
{
	char sector_text[16];
	char id_text[16];
	char offset[40];
	char hidden[24];
	char blocks[24];
	const char *const argv[] = {"mkfs.vfat", "-F",	 "32",	    "-s",
				    "1",	 "-I",	 "--mbr=n", "-n",
				    "ESP",	 "-i",	 id_text,   "-S",
				    sector_text, "-h",	 hidden,    offset,
				    device,	 blocks, NULL};
	const struct process process = {.argv = argv, .timeout_s = TOOL_S};
	uint64_t first = gap->start / sector;

	(void)snprintf(sector_text, sizeof(sector_text), "%" PRIu32, sector);
	(void)snprintf(id_text, sizeof(id_text), "%08" PRIx32, id);
	(void)snprintf(offset, sizeof(offset), "--offset=%" PRIu64, first);
	/* The field has 32 bits; firmware goes by the partition table. */
	(void)snprintf(hidden, sizeof(hidden), "%" PRIu64,
		       first <= UINT32_MAX ? first : 0);
	(void)snprintf(blocks, sizeof(blocks), "%" PRIu64, gap->length / 1024);
	return process_check(&process, ERROR_CONVERT, err);
}

static int add_entry(const char *device, uint32_t sector, const struct gap *gap,
		     struct error **err)
{
	char sector_text[32];
	char number[12];
	char line[96];
	const char *const argv[] = {"sfdisk",
				    "-q",
				    "--no-reread",
				    "--lock=no",
				    "--wipe=never",
				    "--wipe-partitions=never",
				    sector_text,
				    "-N",
				    number,
				    device,
				    NULL};
	const struct process process = {
		.argv = argv, .input = line, .timeout_s = TOOL_S};

	(void)snprintf(sector_text, sizeof(sector_text),
		       "--sector-size=%" PRIu32, sector);
	(void)snprintf(number, sizeof(number), "%u", gap->number);
	(void)snprintf(line, sizeof(line),
		       "start=%" PRIu64 ", size=%" PRIu64 ", type=" TYPE "\n",
		       gap->start / sector, gap->length / sector);
	return process_check(&process, ERROR_CONVERT, err);
}

/* What sfdisk wrote is what was meant. */
static int check(const char *device, const struct gap *gap, struct error **err)
{
	const struct layout_part *esp;
	struct layout layout = {0};
	int r = layout_read(device, &layout, err);

	if (r < 0)
		return r;
	esp = layout_esp(&layout);
	if (!esp || esp->number != gap->number || esp->start != gap->start ||
	    esp->length != gap->length)
		r = error_set(err, ERROR_CONVERT, EILSEQ,
			      "the new partition is not what was asked for");
	layout_done(&layout);
	return r;
}

int newesp_make(const char *device, uint32_t sector, const struct gap *gap,
		struct newesp *ret_esp, struct error **err)
{
	uint32_t id = 0;
	int r;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		r = error_set(err, ERROR_CONVERT, errno, "random bytes");
	else
		r = make_fat(device, sector, gap, id, err);
	if (r == 0)
		r = add_entry(device, sector, gap, err);
	if (r == 0)
		r = check(device, gap, err);
	if (r < 0)
		return error_wrap(err, "make an EFI System Partition on '%s'",
				  device);
	(void)snprintf(ret_esp->uuid, sizeof(ret_esp->uuid),
		       "%04" PRIX32 "-%04" PRIX32, id >> 16, id & 0xffff);
	ret_esp->number = gap->number;
	return 0;
}
