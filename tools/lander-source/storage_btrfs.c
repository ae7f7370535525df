/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The subvolumes of a btrfs, asked of the file system itself: references of
 * its root tree, and the directories that they are in.
 * Sources: include/uapi/linux/btrfs.h and btrfs_tree.h of the kernel.
 */
#include "lander-source/storage_btrfs.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <string.h>

#include "lander-source/system.h"
#include "lander-source/text.h"
#include "source/wire.h"

#define ROOT_TREE 1U
#define FLAGS_AT  208U /* of struct btrfs_root_item */
#define MOST	  1024U

struct walk {
	int fd;
	struct text *to;
	unsigned int told;
	bool flags; /* in the second walk */
	struct {
		uint64_t id;
		bool read_only;
	} root[MOST];
	unsigned int roots;
};

static struct walk walk;
static struct btrfs_ioctl_search_args args;
static struct btrfs_ioctl_ino_lookup_args lookup;

static uint64_t get64(const char *at)
{
	uint8_t bytes[8];

	memcpy(bytes, at, sizeof(bytes));
	return wire_get64(bytes);
}

static bool is_read_only(uint64_t id)
{
	for (unsigned int i = 0; i < walk.roots; i++)
		if (walk.root[i].id == id)
			return walk.root[i].read_only;
	return false;
}

/* The directory of the reference, within its parent: "a/b/", or "". */
static const char *directory_of(uint64_t parent, uint64_t inode)
{
	memset(&lookup, 0, sizeof(lookup));
	lookup.treeid = parent;
	lookup.objectid = inode;
	if (system_ioctl(walk.fd, BTRFS_IOC_INO_LOOKUP, &lookup) < 0)
		return NULL;
	lookup.name[sizeof(lookup.name) - 1] = '\0';
	return lookup.name;
}

static void tell_reference(const struct btrfs_ioctl_search_header *header,
			   const char *item)
{
	static char name[8192];
	struct text text;
	const char *directory;
	uint32_t length;

	if (header->len < 18 || walk.told == MOST)
		return;
	length = (uint8_t)item[16] | (uint32_t)(uint8_t)item[17] << 8;
	directory = directory_of(header->objectid, get64(item));
	if (length > header->len - 18 || !directory)
		return;
	text_begin(&text, name, sizeof(name));
	text_add(&text, directory);
	text_add_bytes(&text, item + 18, length);
	if (text.full)
		return;
	walk.told++;
	text_open(walk.to, "{");
	text_field_number(walk.to, "id", header->offset);
	text_field_number(walk.to, "parent", header->objectid);
	text_field_hex(walk.to, "name", name, text.length);
	text_field_truth(walk.to, "read_only", is_read_only(header->offset));
	text_close(walk.to, "},");
}

static void note_root(const struct btrfs_ioctl_search_header *header,
		      const char *item)
{
	if (header->len < FLAGS_AT + 8 || walk.roots == MOST)
		return;
	walk.root[walk.roots].id = header->objectid;
	walk.root[walk.roots++].read_only = get64(item + FLAGS_AT) & 1;
}

/* Every item of this type in the root tree. */
static bool each_item(uint32_t type,
		      void (*each)(const struct btrfs_ioctl_search_header *,
				   const char *item))
{
	memset(&args, 0, sizeof(args));
	args.key.tree_id = ROOT_TREE;
	args.key.min_objectid = BTRFS_FS_TREE_OBJECTID;
	args.key.max_objectid = BTRFS_LAST_FREE_OBJECTID;
	args.key.min_type = args.key.max_type = type;
	args.key.max_offset = args.key.max_transid = UINT64_MAX;
	for (unsigned int turn = 0; turn < MOST; turn++) {
		struct btrfs_ioctl_search_header header = {0};
		size_t at = 0;

		args.key.nr_items = 4096;
		if (system_ioctl(walk.fd, BTRFS_IOC_TREE_SEARCH, &args) < 0)
			return false;
		if (!args.key.nr_items)
			return true;
		for (uint32_t i = 0; i < args.key.nr_items; i++) {
			if (at + sizeof(header) > sizeof(args.buf))
				return false;
			memcpy(&header, args.buf + at, sizeof(header));
			at += sizeof(header);
			if (header.len > sizeof(args.buf) - at)
				return false;
			if (header.type == type)
				each(&header, args.buf + at);
			at += header.len;
		}
		/* Behind the last one that was told. */
		args.key.min_objectid = header.objectid;
		args.key.min_type = header.type;
		args.key.min_offset = header.offset + 1;
		if (!args.key.min_offset)
			args.key.min_objectid++;
	}
	return true;
}

static uint64_t standard;

static void note_standard(const struct btrfs_ioctl_search_header *header,
			  const char *item)
{
	if (header->objectid == BTRFS_ROOT_TREE_DIR_OBJECTID &&
	    header->len >= 17)
		standard = get64(item);
}

static void tell_standard(void)
{
	standard = 0;
	memset(&args, 0, sizeof(args));
	(void)each_item(BTRFS_DIR_ITEM_KEY, note_standard);
	if (standard)
		text_field_number(walk.to, "default", standard);
}

void storage_btrfs_tell(struct text *to, const char *place)
{
	long fd = system_open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	memset(&walk, 0, sizeof(walk));
	walk.fd = (int)fd;
	walk.to = to;
	(void)each_item(BTRFS_ROOT_ITEM_KEY, note_root);
	text_add(to, "\"subvolumes\":[");
	(void)each_item(BTRFS_ROOT_REF_KEY, tell_reference);
	text_close(to, "],");
	tell_standard();
	(void)system_close((int)fd);
}
