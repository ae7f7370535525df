/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written at the beginning of a file system, as far as another one must
 * be like it.  It follows no pointer in it and reads no other block: all of it
 * is the source's word.
 */
#include "disk/superblock.h"

#include <stdio.h>
#include <string.h>

#define MIB ((uint64_t)1 << 20)

/* Of LUKS, both versions: LUKS2 On-Disk Format, 2.1 */
#define LUKS_UUID 168U

struct head {
	const uint8_t *at;
	size_t length;
	struct superblock *sb;
};

static uint32_t le16(const struct head *head, size_t at)
{
	return (uint32_t)head->at[at] | (uint32_t)head->at[at + 1] << 8;
}

static uint32_t le32(const struct head *head, size_t at)
{
	return le16(head, at) | le16(head, at + 2) << 16;
}

static uint64_t le64(const struct head *head, size_t at)
{
	return le32(head, at) | (uint64_t)le32(head, at + 4) << 32;
}

static uint32_t be16(const struct head *head, size_t at)
{
	return (uint32_t)head->at[at] << 8 | head->at[at + 1];
}

static uint32_t be32(const struct head *head, size_t at)
{
	return be16(head, at) << 16 | be16(head, at + 2);
}

static bool is_at(const struct head *head, size_t at, const void *magic,
		  size_t length)
{
	return head->length >= at + length &&
	       !memcmp(head->at + at, magic, length);
}

static void take_uuid(const struct head *head, size_t at)
{
	const uint8_t *u = head->at + at;

	(void)snprintf(head->sb->uuid, sizeof(head->sb->uuid),
		       "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		       "%02x%02x%02x%02x%02x%02x",
		       u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8],
		       u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

/* Up to its zero byte or the end of its field; UTF-8 stays what it is, it
 * reaches no shell and no terminal before it was made printable. */
static void take_label(const struct head *head, size_t at, size_t room)
{
	size_t length = strnlen((const char *)head->at + at, room);

	if (length >= sizeof(head->sb->label))
		length = sizeof(head->sb->label) - 1;
	memcpy(head->sb->label, head->at + at, length);
	head->sb->label[length] = '\0';
}

static void take_fs(const struct head *head, const char *fs)
{
	(void)snprintf(head->sb->fs, sizeof(head->sb->fs), "%s", fs);
}

static uint32_t shifted(uint32_t base, uint32_t by)
{
	return by < 16 ? base << by : 0;
}

/* --- ext2, ext3, ext4 ---------------------------------------------------- */

#define EXT 1024U

enum {
	EXT_JOURNAL = 0x4,	/* compat */
	EXT_4_INCOMPAT = ~0x1f, /* all beyond ext3's */
	EXT_4_RO = ~0x7,
};

static const char *ext_name(const struct superblock *sb)
{
	if (sb->incompat & (uint32_t)EXT_4_INCOMPAT ||
	    sb->ro_compat & (uint32_t)EXT_4_RO)
		return "ext4";
	return sb->compat & EXT_JOURNAL ? "ext3" : "ext2";
}

static bool read_ext(const struct head *head)
{
	static const uint8_t magic[] = {0x53, 0xef};
	struct superblock *sb = head->sb;
	uint64_t blocks;
	uint64_t reserved;

	if (!is_at(head, EXT + 56, magic, sizeof(magic)) ||
	    head->length < 2 * (size_t)EXT)
		return false;
	sb->block = shifted(1024, le32(head, EXT + 24));
	sb->group = shifted(1024, le32(head, EXT + 28));
	sb->compat = le32(head, EXT + 92);
	sb->incompat = le32(head, EXT + 96);
	sb->ro_compat = le32(head, EXT + 100);
	/* Revision 0 has inodes of 128 bytes, and does not say so. */
	sb->inode = le32(head, EXT + 76) ? le16(head, EXT + 88) : 128;
	sb->inodes = le32(head, EXT);
	sb->errors = (uint16_t)le16(head, EXT + 60);
	sb->options = le32(head, EXT + 256);
	blocks = le32(head, EXT + 4);
	reserved = le32(head, EXT + 8);
	if (sb->incompat & 0x80) {
		blocks |= (uint64_t)le32(head, EXT + 336) << 32;
		reserved |= (uint64_t)le32(head, EXT + 340) << 32;
	}
	if (blocks && blocks < UINT64_MAX >> 17)
		sb->size = blocks * sb->block;
	if (blocks && reserved <= blocks / 2)
		sb->reserved =
			(uint32_t)((reserved * 1000 + blocks / 2) / blocks);
	take_fs(head, ext_name(sb));
	take_uuid(head, EXT + 104);
	take_label(head, EXT + 120, 16);
	return sb->block >= 1024 && sb->block <= 65536;
}

/* --- the others ---------------------------------------------------------- */

static bool read_xfs(const struct head *head)
{
	struct superblock *sb = head->sb;
	uint64_t blocks;

	if (!is_at(head, 0, "XFSB", 4) || head->length < 512)
		return false;
	sb->block = be32(head, 4);
	blocks = (uint64_t)be32(head, 8) << 32 | be32(head, 12);
	if (blocks < UINT64_MAX >> 17 && sb->block <= 65536)
		sb->size = blocks * sb->block;
	sb->version = be16(head, 100) & 0xf;
	sb->inode = be16(head, 104);
	sb->group = shifted(sb->block, head->at[192]);
	sb->options = be32(head, 200);
	sb->ro_compat = be32(head, 212);
	sb->incompat = be32(head, 216);
	take_fs(head, "xfs");
	take_uuid(head, 32);
	take_label(head, 108, 12);
	return sb->block >= 512 && sb->block <= 65536;
}

#define BTRFS 65536U

static bool read_btrfs(const struct head *head)
{
	struct superblock *sb = head->sb;

	if (!is_at(head, BTRFS + 64, "_BHRfS_M", 8) ||
	    head->length < BTRFS + 1024)
		return false;
	sb->size = le64(head, BTRFS + 112);
	sb->devices = le64(head, BTRFS + 136);
	sb->block = le32(head, BTRFS + 144);
	sb->group = le32(head, BTRFS + 148);
	sb->compat = le32(head, BTRFS + 180);
	sb->incompat = le32(head, BTRFS + 188);
	sb->version = le16(head, BTRFS + 196);
	take_fs(head, "btrfs");
	take_uuid(head, BTRFS + 32);
	take_label(head, BTRFS + 299, 256);
	return true;
}

static void take_fat_label(const struct head *head, size_t at)
{
	size_t length = 11;

	take_label(head, at, 11);
	length = strlen(head->sb->label);
	while (length && head->sb->label[length - 1] == ' ')
		head->sb->label[--length] = '\0';
	if (!strcmp(head->sb->label, "NO NAME"))
		head->sb->label[0] = '\0';
}

static bool read_fat(const struct head *head)
{
	struct superblock *sb = head->sb;
	bool is_32 = is_at(head, 82, "FAT32", 5);
	size_t at = is_32 ? 67 : 39;
	uint32_t sectors;

	if (!is_at(head, 510, "\x55\xaa", 2) ||
	    (!is_32 && !is_at(head, 54, "FAT1", 4)))
		return false;
	sb->block = le16(head, 11);
	sb->version = is_32 ? 32 : head->at[58] == '2' ? 12 : 16;
	sectors = le16(head, 19) ? le16(head, 19) : le32(head, 32);
	sb->size = (uint64_t)sectors * sb->block;
	take_fs(head, "vfat");
	(void)snprintf(sb->uuid, sizeof(sb->uuid), "%04X-%04X",
		       le16(head, at + 2), le16(head, at));
	take_fat_label(head, at + 4);
	return sb->block >= 512 && sb->block <= 4096;
}

static bool read_swap(const struct head *head)
{
	if (!is_at(head, 4086, "SWAPSPACE2", 10))
		return false;
	head->sb->size = ((uint64_t)le32(head, 1028) + 1) * 4096;
	take_fs(head, "swap");
	take_uuid(head, 1036);
	take_label(head, 1052, 16);
	return true;
}

static bool read_luks(const struct head *head)
{
	static const uint8_t magic[] = {'L', 'U', 'K', 'S', 0xba, 0xbe};
	size_t length;

	if (!is_at(head, 0, magic, sizeof(magic)) || head->length < 512)
		return false;
	head->sb->version = be16(head, 6);
	take_fs(head, "crypto_LUKS");
	length = strnlen((const char *)head->at + LUKS_UUID, 40);
	memcpy(head->sb->uuid, head->at + LUKS_UUID, length);
	head->sb->uuid[length] = '\0';
	if (head->sb->version == 2)
		take_label(head, 24, 48);
	return true;
}

/* The label of a physical volume is in one of the first four sectors, nearly
 * always in the second. */
static bool read_pv(const struct head *head)
{
	static const uint8_t cut[] = {6, 10, 14, 18, 22, 26, 32};
	size_t out = 0;
	size_t group = 0;

	if (!is_at(head, 512, "LABELONE", 8) || head->length < 1024)
		return false;
	take_fs(head, "LVM2_member");
	for (size_t i = 0; i < 32; i++) {
		if (i == cut[group]) {
			head->sb->uuid[out++] = '-';
			group++;
		}
		head->sb->uuid[out++] = (char)head->at[512 + 32 + i];
	}
	head->sb->uuid[out] = '\0';
	return true;
}

/* Version 1.1 and 1.2; what lies at the end is not seen from here. */
static bool read_md(const struct head *head)
{
	static const uint8_t magic[] = {0xfc, 0x4e, 0x2b, 0xa9};
	size_t at = is_at(head, 4096, magic, sizeof(magic)) ? 4096 : 0;

	if (!is_at(head, at, magic, sizeof(magic)) || head->length < at + 256)
		return false;
	take_fs(head, "linux_raid_member");
	take_uuid(head, at + 16);
	take_label(head, at + 32, 32);
	return true;
}

bool superblock_read(const uint8_t *bytes, size_t length,
		     struct superblock *ret)
{
	static bool (*const readers[])(const struct head *head) = {
		read_luks, read_md,    read_pv,	 read_swap,
		read_xfs,  read_btrfs, read_ext, read_fat};
	struct head head = {.at = bytes, .length = length, .sb = ret};

	for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		*ret = (struct superblock){0};
		if (readers[i](&head))
			return true;
	}
	*ret = (struct superblock){0};
	return false;
}

/* mkfs.xfs(8) refuses 300 MiB and less; FAT32 has at least 65525 clusters; a
 * btrfs of less than 109 MiB is made mixed only. */
static const struct {
	const char *fs;
	uint64_t least;
} made[] = {
	{"ext2", 2 * MIB},  {"ext3", 8 * MIB},	  {"ext4", 8 * MIB},
	{"xfs", 304 * MIB}, {"btrfs", 128 * MIB}, {"vfat", 1 * MIB},
	{"swap", 1 * MIB},
};

bool superblock_is_made(const char *fs)
{
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		if (!strcmp(made[i].fs, fs))
			return true;
	return false;
}

uint64_t superblock_least(const struct superblock *sb)
{
	if (!strcmp(sb->fs, "vfat") && sb->version == 32)
		return 34 * MIB * (sb->block == 4096 ? 8 : 1);
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		if (!strcmp(made[i].fs, sb->fs))
			return made[i].least;
	return MIB;
}
