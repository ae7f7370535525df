/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * New file systems that are like old ones: the same UUID, label, block sizes
 * and features, so that the kernel and the boot loader that read the old one
 * read this one, too.  It never lets a tool choose a feature that the old one
 * did not have.  What only says how the old one was (a journal that has to be
 * replayed) is no feature of the new one.
 */
#include "disk/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/process.h"
#include "disk/superblock.h"

#define TIMEOUT_S 1800
#define MIB	  ((uint64_t)1 << 20)

struct feature {
	uint32_t bit;
	const char *name;
};

static void add(struct format_call *call, const char *word)
{
	if (call->count < FORMAT_WORDS - 1)
		call->argv[call->count++] = word;
}

__attribute__((format(printf, 2, 3))) static void
add_text(struct format_call *call, const char *fmt, ...)
{
	char *at = call->text + call->used;
	size_t room = sizeof(call->text) - call->used;
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(at, room, fmt, args);
	va_end(args);
	if (length < 0 || (size_t)length >= room)
		return;
	call->used += (size_t)length + 1;
	add(call, at);
}

static void list(char *buf, size_t room, const char *name)
{
	size_t length = strlen(buf);

	(void)snprintf(buf + length, room - length, "%s%s", length ? "," : "",
		       name);
}

/* --- ext2, ext3, ext4 ---------------------------------------------------- */

/* Names of mke2fs (lib/e2p/feature.c); left out: what is a state of the old
 * one (needs_recovery, orphan_present, journal_dev), what nothing makes any
 * more, and casefold, whose encoding is a choice of its own. */
static const struct feature ext_compat[] = {
	{0x0004, "has_journal"},   {0x0008, "ext_attr"},
	{0x0010, "resize_inode"},  {0x0020, "dir_index"},
	{0x0200, "sparse_super2"}, {0x0400, "fast_commit"},
	{0x0800, "stable_inodes"}, {0x1000, "orphan_file"}};

static const struct feature ext_incompat[] = {
	{0x0002, "filetype"},  {0x0010, "meta_bg"},
	{0x0040, "extent"},    {0x0080, "64bit"},
	{0x0100, "mmp"},       {0x0200, "flex_bg"},
	{0x0400, "ea_inode"},  {0x2000, "metadata_csum_seed"},
	{0x4000, "large_dir"}, {0x8000, "inline_data"},
	{0x10000, "encrypt"}};

static const struct feature ext_ro[] = {
	{0x0001, "sparse_super"},  {0x0002, "large_file"},
	{0x0008, "huge_file"},	   {0x0010, "uninit_bg"},
	{0x0020, "dir_nlink"},	   {0x0040, "extra_isize"},
	{0x0100, "quota"},	   {0x0200, "bigalloc"},
	{0x0400, "metadata_csum"}, {0x2000, "project"},
	{0x8000, "verity"}};

static void list_features(char *buf, size_t room, const struct feature *table,
			  size_t count, uint32_t bits)
{
	for (size_t i = 0; i < count; i++)
		if (bits & table[i].bit)
			list(buf, room, table[i].name);
}

#define LIST(buf, table, bits)                 \
	list_features(buf, sizeof(buf), table, \
		      sizeof(table) / sizeof(*(table)), bits)

/* As many inodes for its bytes as the old one had, and enough in any case. */
static uint64_t ext_inodes(const struct format *format)
{
	const struct superblock *like = format->like;
	uint64_t count = format->size / 16384;
	uint64_t need = format->files + format->files / 4 + 1024;

	if (like->inodes && like->size) {
		uint64_t each = like->size / like->inodes;

		if (each < 1024)
			each = 1024;
		count = format->size / each;
	}
	return count > need ? count : need;
}

static void ext_words(const struct format *format, struct format_call *call)
{
	static const char *const errors[] = {NULL, "continue", "remount-ro",
					     "panic"};
	const struct superblock *like = format->like;
	char features[512] = "none";

	LIST(features, ext_compat, like->compat);
	LIST(features, ext_incompat, like->incompat);
	LIST(features, ext_ro, like->ro_compat);
	/* The table with all checksums has those of the groups in it. */
	add(call, "mke2fs");
	add(call, "-q");
	add(call, "-F");
	add(call, "-t");
	add(call, like->fs);
	add(call, "-O");
	add_text(call, "%s", features);
	add(call, "-b");
	add_text(call, "%" PRIu32, like->block);
	add(call, "-I");
	add_text(call, "%" PRIu32, like->inode);
	if (like->ro_compat & 0x200) {
		add(call, "-C");
		add_text(call, "%" PRIu32, like->group);
	}
	add(call, "-N");
	add_text(call, "%" PRIu64, ext_inodes(format));
	add(call, "-m");
	add_text(call, "%" PRIu32 ".%" PRIu32, like->reserved / 10,
		 like->reserved % 10);
	if (like->errors && like->errors < 4) {
		add(call, "-e");
		add(call, errors[like->errors]);
	}
	add(call, "-U");
	add(call, like->uuid);
	add(call, "-L");
	add(call, like->label);
	add(call, "-E");
	add(call, "lazy_itable_init=1,lazy_journal_init=1");
	add(call, format->device);
}

/* mke2fs takes them from a file of its own only. */
static int ext_options(const struct format *format, struct error **err)
{
	static const struct feature names[] = {
		{0x0002, "bsdgroups"}, {0x0004, "user_xattr"},
		{0x0008, "acl"},       {0x0010, "uid16"},
		{0x0100, "nobarrier"}, {0x0200, "block_validity"},
		{0x0400, "discard"},   {0x0800, "nodelalloc"}};
	static const char *const journal[] = {NULL, "journal_data",
					      "journal_data_ordered",
					      "journal_data_writeback"};
	uint32_t options = format->like->options;
	char text[256] = "";
	const char *const argv[] = {"tune2fs", "-o", text, format->device,
				    NULL};
	const struct process process = {.argv = argv, .stop = format->stop};

	LIST(text, names, options);
	if (options >> 5 & 3)
		list(text, sizeof(text), journal[options >> 5 & 3]);
	return *text ? process_check(&process, ERROR_TARGET, err) : 0;
}

/* --- the others ---------------------------------------------------------- */

static bool has(uint32_t bits, uint32_t bit)
{
	return (bits & bit) != 0;
}

static void xfs_words(const struct format *format, struct format_call *call)
{
	const struct superblock *like = format->like;
	bool crc = like->version == 5;
	uint32_t ro = crc ? like->ro_compat : 0;
	uint32_t in = crc ? like->incompat : 0;

	add(call, "mkfs.xfs");
	add(call, "-q");
	add(call, "-f");
	add(call, "-m");
	add_text(call,
		 "crc=%d,finobt=%d,rmapbt=%d,reflink=%d,inobtcount=%d,"
		 "bigtime=%d,uuid=%s",
		 crc, has(ro, 1), has(ro, 2), has(ro, 4), has(ro, 8),
		 has(in, 8), like->uuid);
	add(call, "-b");
	add_text(call, "size=%" PRIu32, like->block);
	add(call, "-i");
	if (crc)
		add_text(call,
			 "size=%" PRIu32 ",sparse=%d,nrext64=%d,exchange=%d",
			 like->inode, has(in, 2), has(in, 0x20), has(in, 0x40));
	else
		add_text(call, "size=%" PRIu32 ",attr=%d,projid32bit=%d",
			 like->inode, has(like->options, 0x8) ? 2 : 1,
			 has(like->options, 0x80));
	add(call, "-n");
	add_text(call, "size=%" PRIu32 ",ftype=%d%s", like->group,
		 crc || has(like->options, 0x200),
		 has(in, 0x80) ? ",parent=1" : "");
	if (!crc) {
		add(call, "-l");
		add_text(call, "lazy-count=%d", has(like->options, 2));
	}
	if (*like->label) {
		add(call, "-L");
		add(call, like->label);
	}
	add(call, format->device);
}

static void btrfs_words(const struct format *format, struct format_call *call)
{
	static const char *const sums[] = {"crc32c", "xxhash", "sha256",
					   "blake2"};
	const struct superblock *like = format->like;
	bool mixed = has(like->incompat, 4);

	add(call, "mkfs.btrfs");
	add(call, "-q");
	add(call, "-f");
	add(call, "-U");
	add(call, like->uuid);
	add(call, "-L");
	add(call, like->label);
	add(call, "-s");
	add_text(call, "%" PRIu32, like->block);
	add(call, "-n");
	add_text(call, "%" PRIu32, mixed ? like->block : like->group);
	add(call, "--csum");
	add(call, sums[like->version < 4 ? like->version : 0]);
	add(call, "-O");
	add_text(call,
		 "%sextref,%sskinny-metadata,%sno-holes,%sfree-space-tree,"
		 "%sblock-group-tree",
		 has(like->incompat, 0x40) ? "" : "^",
		 has(like->incompat, 0x100) ? "" : "^",
		 has(like->incompat, 0x200) ? "" : "^",
		 has(like->compat, 1) ? "" : "^",
		 has(like->compat, 8) ? "" : "^");
	if (mixed)
		add(call, "--mixed");
	add(call, format->device);
}

/* "1A2B-3C4D" of libblkid is 1a2b3c4d to mkfs.vfat. */
static void vfat_words(const struct format *format, struct format_call *call)
{
	const struct superblock *like = format->like;

	add(call, "mkfs.vfat");
	add(call, "-I");
	add(call, "--mbr=n");
	add(call, "-F");
	add_text(call, "%" PRIu32, like->version);
	if (strlen(like->uuid) == 9) {
		add(call, "-i");
		add_text(call, "%.4s%.4s", like->uuid, like->uuid + 5);
	}
	if (*like->label) {
		add(call, "-n");
		add(call, like->label);
	}
	/* Small ones have to count their clusters. */
	if (like->version == 32 && format->size < 512 * MIB) {
		add(call, "-s");
		add(call, "1");
	}
	add(call, format->device);
}

static void swap_words(const struct format *format, struct format_call *call)
{
	const struct superblock *like = format->like;

	add(call, "mkswap");
	add(call, "-f");
	add(call, "-p");
	add(call, "4096");
	if (*like->uuid) {
		add(call, "-U");
		add(call, like->uuid);
	}
	if (*like->label) {
		add(call, "-L");
		add(call, like->label);
	}
	add(call, format->device);
}

int format_words(const struct format *format, struct format_call *ret,
		 struct error **err)
{
	static const struct {
		const char *fs;
		void (*words)(const struct format *format,
			      struct format_call *call);
	} rows[] = {{"ext2", ext_words},    {"ext3", ext_words},
		    {"ext4", ext_words},    {"xfs", xfs_words},
		    {"btrfs", btrfs_words}, {"vfat", vfat_words},
		    {"swap", swap_words}};

	*ret = (struct format_call){.count = 0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].fs, format->like->fs)) {
			rows[i].words(format, ret);
			return 0;
		}
	return error_set(err, ERROR_TARGET, ENOTSUP,
			 "a file system of the kind '%s' is not made here",
			 format->like->fs);
}

int format_make(const struct format *format, struct error **err)
{
	struct format_call call;
	const struct process process = {.argv = call.argv,
					.timeout_s = TIMEOUT_S,
					.stop = format->stop};
	int r = format_words(format, &call, err);

	if (r == 0)
		r = process_check(&process, ERROR_TARGET, err);
	if (r == 0 && !strncmp(format->like->fs, "ext", 3))
		r = ext_options(format, err);
	return r < 0 ? error_wrap(err, "make %s on '%s'", format->like->fs,
				  format->device)
		     : 0;
}
