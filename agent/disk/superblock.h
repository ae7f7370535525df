/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_SUPERBLOCK_H
#define LANDER_DISK_SUPERBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What superblock_read() wants to see of a device, bytes from its start. */
#define SUPERBLOCK_HEAD 66560U

/** What makes a file system what it is for kernels and boot loaders: another
 *  one made with the same values is read by whoever reads this one. */
struct superblock {
	/** As libblkid calls it: "ext2", "ext3", "ext4", "xfs", "btrfs",
	 *  "vfat", "swap", "crypto_LUKS", "LVM2_member", "linux_raid_member";
	 *  "" when it is none of them. */
	char fs[20];
	char uuid[48]; /* as libblkid writes it */
	char label[257];
	uint32_t block;	 /* bytes: of ext, xfs; sectorsize of btrfs; of vfat
			  * one sector */
	uint32_t inode;	 /* bytes of an inode: ext, xfs */
	uint32_t group;	 /* ext: bytes of a cluster; btrfs: of a node; xfs: of
			  * a directory block */
	uint32_t compat; /* ext; btrfs: compat_ro */
	uint32_t incompat;
	uint32_t ro_compat;
	uint32_t version;  /* xfs: 4 or 5; luks: 1 or 2; vfat: 12, 16 or 32;
			    * btrfs: type of checksum */
	uint32_t options;  /* ext: default mount options; xfs: features2 */
	uint16_t errors;   /* ext: what happens at an error */
	uint32_t reserved; /* ext: of 1000 blocks */
	uint64_t inodes;   /* ext: how many there are */
	uint64_t devices;  /* btrfs: how many it lies on */
	uint64_t size;	   /* bytes of it, 0: not told */
};

/**
 * superblock_read(head, length, ret): from the first bytes of a device; of
 * somebody else's, so that no value is believed to make sense.  False when it
 * is none that is known; ret is then empty.  Sources: the kernel's
 * Documentation/filesystems/ext4/super.rst, fs/xfs/libxfs/xfs_format.h,
 * include/uapi/linux/btrfs_tree.h, include/linux/swap.h; Microsoft's FAT
 * specification 1.03; LUKS2 On-Disk Format 1.1.1; LVM's format_text/layout.h;
 * include/uapi/linux/raid/md_p.h.
 */
bool superblock_read(const uint8_t *head, size_t length,
		     struct superblock *ret);

/** superblock_is_made(fs): whether lander makes file systems (and swap) of
 *  this kind. */
bool superblock_is_made(const char *fs);

/** superblock_least(sb): bytes below which none of that kind is made. */
uint64_t superblock_least(const struct superblock *sb);

#endif
