/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which firmware a disk is made for.  It says only what is certain: code that
 * it does not know, and file systems that it can't see, are "unsure", because
 * a refusal hangs on the answer.
 */
#include "guest/platform.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "disk/layout.h"

#define CODE_BYTES ((size_t)440) /* in front of the disk's signature */
#define TABLE_AT   446
#define ENTRIES	   4
#define ENTRY_SIZE 16
#define ACTIVE	   0x80
#define PROTECTIVE 0xee

#define BASIC_DATA_GUID "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"

enum code {
	CODE_NONE,
	CODE_LOADER, /* goes on by itself */
	CODE_ACTIVE, /* starts the active partition of the MBR */
	CODE_OTHER,
};

/* What a loader would say, and so what it can be known by. */
static const struct {
	const char *text;
	const char *also;
	enum code code;
} words[] = {
	{"GRUB ", "Geom", CODE_LOADER}, /* GRUB 2 and GRUB Legacy */
	{"Invalid partition table", "Missing operating system", CODE_ACTIVE},
	{"Missing operating system", "Operating system load error",
	 CODE_ACTIVE}, /* SYSLINUX mbr.bin */
};

/* Partition types that a FAT has been seen in. */
static const char *const fat_types[] = {"0x01", "0x04", "0x06",		"0x0b",
					"0x0c", "0x0e", BASIC_DATA_GUID};

static bool holds(const unsigned char *code, const char *text)
{
	return memmem(code, CODE_BYTES, text, strlen(text)) != NULL;
}

static enum code find_code(const unsigned char *sector)
{
	if (sector[510] != 0x55 || sector[511] != 0xaa ||
	    io_is_zero(sector, CODE_BYTES))
		return CODE_NONE;
	/* Stands there as a signature, not as a message. */
	if (!memcmp(sector + 6, "LILO", 4))
		return CODE_LOADER;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (holds(sector, words[i].text) &&
		    holds(sector, words[i].also))
			return words[i].code;
	return CODE_OTHER;
}

static bool has_active(const unsigned char *sector)
{
	for (int i = 0; i < ENTRIES; i++) {
		const unsigned char *entry =
			sector + TABLE_AT + (size_t)i * ENTRY_SIZE;

		if (entry[0] & ACTIVE && entry[4] && entry[4] != PROTECTIVE)
			return true;
	}
	return false;
}

/* A GPT is there, and firmware finds its backup even when we do not. */
static bool has_protective(const unsigned char *sector)
{
	for (int i = 0; i < ENTRIES; i++)
		if (sector[TABLE_AT + i * ENTRY_SIZE + 4] == PROTECTIVE)
			return sector[510] == 0x55 && sector[511] == 0xaa;
	return false;
}

static bool may_be_fat(const struct layout_part *part)
{
	size_t count = sizeof(fat_types) / sizeof(*fat_types);

	if (part->fs)
		return !strcmp(part->fs, "vfat");
	for (size_t i = 0; part->type && i < count; i++)
		if (!strcasecmp(part->type, fat_types[i]))
			return true;
	return false;
}

unsigned int platform_of_disk(const void *sector0, const struct layout *layout)
{
	const unsigned char *sector = sector0;
	enum code code = find_code(sector);
	unsigned int platform = 0;

	if (code == CODE_LOADER || (code == CODE_ACTIVE && has_active(sector)))
		platform |= PLATFORM_BIOS;
	else if (code == CODE_OTHER)
		platform |= PLATFORM_UNSURE;
	if (layout_esp(layout))
		return platform | PLATFORM_UEFI;
	if (has_protective(sector) &&
	    (!layout->kind || strcmp(layout->kind, "gpt") != 0))
		platform |= PLATFORM_UNSURE;
	if (!layout->kind && layout->fs && !strcmp(layout->fs, "vfat"))
		platform |= PLATFORM_UNSURE;
	for (size_t i = 0; i < layout->count; i++)
		if (may_be_fat(&layout->part[i]))
			platform |= PLATFORM_UNSURE;
	return platform;
}

int platform_of_head(const void *head, size_t length, uint64_t size,
		     unsigned int *ret_platform, struct error **err)
{
	struct error *why = NULL;
	struct layout layout = {0};
	int r;

	*ret_platform = 0;
	if (length < 512)
		return 0;
	r = layout_of_head(head, length, size, &layout, &why);
	if (r == 0)
		*ret_platform = platform_of_disk(head, &layout);
	layout_done(&layout);
	if (r == -ENOTSUP) {
		/* A table that libblkid can't read is one nobody knows. */
		*ret_platform = PLATFORM_UNSURE;
		error_free(why);
		return 0;
	}
	if (err)
		*err = why;
	else
		error_free(why);
	return r;
}

const char *platform_name(unsigned int platform)
{
	static const char *const name[] = {"nothing", "BIOS", "UEFI",
					   "BIOS and UEFI"};

	return name[platform & (PLATFORM_BIOS | PLATFORM_UEFI)];
}
