/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Designs on real disks: tables, arrays, containers, volumes and file systems,
 * by the real tools, and the tree that is mounted of them.  Arrays, containers
 * and volumes: disk_build_stack.c.
 */
#include <sys/stat.h>

#include "base/error.h"
#include "build_case.h"
#include "disk/build.h"
#include "disk/layout.h"
#include "disk/luks.h"
#include "disk/rootfs.h"

static const struct luks_key key = {(void *)(uintptr_t)"a key", 5};
static const struct build_order order = {.key = &key};

static void is_inode(const struct rootfs_part *part, ino_t inode)
{
	struct stat st;

	assert_int_equal(stat(part->directory, &st), 0);
	assert_int_equal(st.st_ino, inode);
}

/* Mounted as it was meant, once; the default subvolume is set. */
static void look_at_tree(const struct design *design)
{
	struct rootfs tree = {0};
	struct error *err = NULL;
	char command[200];
	char *output;

	assert_int_equal(build_tree(design, &tree, NULL), 0);
	if (rootfs_mount(&tree, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(tree.count, 5);
	assert_int_equal(rootfs_mount(&tree, NULL), 0);
	is_inode(&tree.part[4], 128); /* the root of an XFS */
	is_inode(&tree.part[1], 256); /* … of a subvolume */
	is_inode(&tree.part[0], 256);
	(void)snprintf(command, sizeof(command),
		       "btrfs subvolume get-default %s | sed 's/.* path //'",
		       tree.part[0].directory);
	output = case_say(command);
	assert_string_equal(output, "@");
	free(output);
	if (rootfs_unmount(&tree, &err) < 0)
		fail_msg("%s", err->msg);
	rootfs_done(&tree);
}

/* All identities that a GPT has, a name with every character that is one to
 * sfdisk, two of btrfs's subvolumes in another's. */
static void a_gpt_keeps_every_identity(void **state)
{
	struct design design = {0};
	struct layout layout = {0};
	struct error *err = NULL;
	size_t disk;
	size_t btrfs;

	(void)state;
	disk = case_disk(&design, "disk", 1200, "gpt",
			 "0FC63DAF-8483-4772-8E79-3D69D8477DE4");
	(void)case_part(&design, disk, (struct case_place){1, 1, 1}, GRUB, "");
	case_last(&design)->flags = 1ULL << 2 | 1ULL << 0 | 1ULL << 63;
	(void)snprintf(case_last(&design)->name, DESIGN_NAME, "%s",
		       "a \"name\", size=1 \\x41 'x' ü");
	(void)case_part(&design, disk, (struct case_place){3, 2, 100}, LINUX,
			"ext4");
	(void)snprintf(case_last(&design)->name, DESIGN_NAME, "-N");
	(void)case_part(&design, disk, (struct case_place){2, 102, 700}, LINUX,
			"btrfs");
	btrfs = design.count - 1;
	(void)case_part(&design, disk, (struct case_place){128, 802, 310},
			LINUX, "xfs");
	(void)case_part(&design, disk, (struct case_place){7, 1112, 80}, SWAP,
			"swap");
	case_mount(&design, btrfs, "/", "@");
	design.mount[0].standard = true;
	case_mount(&design, btrfs, "/home", "@home/deep");
	case_mount(&design, btrfs, "/snap", "@home");
	case_mount(&design, 2, "/boot", "");
	case_mount(&design, 4, "/home/x/y", "");
	if (!case_loop(&design, disk))
		return;
	if (build_make(&design, &order, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(layout_read(design.node[disk].device, &layout, NULL),
			 0);
	assert_string_equal(layout.id, "0fc63daf-8483-4772-8e79-3d69d8477de4");
	assert_string_equal(layout.part[0].name, design.node[1].name);
	assert_int_equal(layout.part[0].flags, design.node[1].flags);
	assert_string_equal(layout.part[2].name, "-N");
	case_contents(&design);
	look_at_tree(&design);
	assert_int_equal(build_close(&design, NULL), 0);
	layout_done(&layout);
	case_done(&design, disk);
}

/* Logical partitions, a boot flag, what was there before is gone. */
static void an_mbr_with_logical_partitions(void **state)
{
	struct design design = {0};
	struct layout layout = {0};
	struct error *err = NULL;
	size_t disk;

	(void)state;
	disk = case_disk(&design, "disk", 300, "dos", "0x1234abcd");
	(void)case_part(&design, disk, (struct case_place){1, 1, 50}, "0x83",
			"ext2");
	case_last(&design)->flags = 0x80;
	(void)case_part(&design, disk, (struct case_place){2, 51, 240}, "0x05",
			"");
	case_last(&design)->extended = true;
	(void)case_part(&design, disk, (struct case_place){5, 52, 60}, "0x82",
			"swap");
	(void)case_part(&design, disk, (struct case_place){6, 113, 100}, "0x83",
			"ext3");
	if (!case_loop(&design, disk))
		return;
	if (build_make(&design, &order, &err) < 0)
		fail_msg("%s", err->msg);
	assert_int_equal(layout_read(design.node[disk].device, &layout, NULL),
			 0);
	assert_int_equal(layout.count, 4);
	assert_string_equal(layout.id, "1234abcd");
	assert_int_equal(layout.part[0].flags, 0x80);
	case_contents(&design);
	assert_int_equal(build_close(&design, NULL), 0);
	layout_done(&layout);
	case_done(&design, disk);
}

/* An old kernel's ext3, XFS 4, a btrfs without its new trees: made again, they
 * are what they were, and no feature more. */
static void features_are_the_old_ones(void **state)
{
	static const char *const made[] = {
		"mke2fs -q -F -t ext3 -b 1024 -I 128 -m 3 -e remount-ro",
		"mke2fs -q -F -t ext4 -O ^64bit,^metadata_csum,^huge_file",
		"mke2fs -q -F -t ext4 -O bigalloc,quota,project,mmp -C 65536",
		"mke2fs -q -F -t ext4 -b 2048 -E nodiscard -L a\\ label,x",
		"mke2fs -q -F -t ext2 -b 4096 -O ^resize_inode,^dir_index",
		"mkfs.xfs -q -f -m crc=0 -n ftype=0 -L old",
		"mkfs.xfs -q -f -m finobt=0,reflink=0,bigtime=0,inobtcount=0",
		"mkfs.xfs -q -f -m rmapbt=1 -i size=512,nrext64=1 -b size=1024",
		"mkfs.btrfs -q -f -O ^free-space-tree,^no-holes -n 4096",
		"mkfs.btrfs -q -f -O block-group-tree --csum xxhash -L b",
		"mkfs.vfat -F 16 -i 1234abcd -n LABEL",
		"mkfs.vfat -F 32 -s 1 -i 00000001",
		"mkswap -q -f -L swap -U 0fc63daf-8483-4772-8e79-3d69d8477de4",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		case_again(made[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_are_the_old_ones),
		cmocka_unit_test(an_mbr_with_logical_partitions),
		cmocka_unit_test(a_gpt_keeps_every_identity),
	};

	return cmocka_run_group_tests_name("disk/build", tests, scratch_open,
					   scratch_close);
}
