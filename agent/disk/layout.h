/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_LAYOUT_H
#define LANDER_DISK_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

struct error;

struct layout_part {
	unsigned int number;
	uint64_t start;	 /* bytes */
	uint64_t length; /* bytes */
	char *type;	 /* GPT type GUID, or "0x83" */
	char *uuid;	 /* PARTUUID, NULL when it has none */
	char *name;	 /* of a GPT entry; NULL when it has none */
	uint64_t flags;	 /* attributes of it; of an MBR 0x80: active */
	char *fs; /* libblkid TYPE: "ext4", "vfat", "LVM2_member"; NULL */
	char *fs_uuid;
	char *fs_label;
};

/** A partition table and what is in its partitions, read by libblkid. */
struct layout {
	char *kind;	      /* "gpt", "dos", NULL when there is no table */
	char *id;	      /* disk GUID or MBR signature */
	char *fs;	      /* signature on the whole disk, NULL when none */
	char *fs_label;	      /* label of that, NULL when none */
	uint32_t sector_size; /* that the table was written for, bytes; 0 =
			       * unknown (no GPT) */
	struct layout_part *part;
	size_t count;
};

/** layout_read(path, ret, err): a block device or an image file; read-only. */
int layout_read(const char *path, struct layout *ret_layout,
		struct error **err);

/** layout_of_head(head, length, size, ret, err): the same of the first bytes of
 *  a disk of that size; what is behind them is not seen, logical partitions
 *  among it.  Errors: ENOTSUP, a table that libblkid does not take; others
 *  of memory. */
int layout_of_head(const void *head, size_t length, uint64_t size,
		   struct layout *ret_layout, struct error **err);

/** layout_sector_size(head, length): 512 or 4096 when a GPT header with a good
 *  signature stands at that offset of these first bytes of a disk, else 0. */
uint32_t layout_sector_size(const void *head, size_t length);

/** layout_part_path(disk, number): "/dev/vda2" for "/dev/vda" and 2,
 *  "/dev/nvme0n1p2" for "/dev/nvme0n1", as the kernel names them; free() it.
 *  NULL: no memory. */
char *layout_part_path(const char *disk, unsigned int number);

/** layout_esp(layout): the EFI System Partition, NULL when there is none. */
const struct layout_part *layout_esp(const struct layout *layout);

void layout_done(struct layout *layout);

/** One file system, swap, LVM or RAID signature; NULL where it has none. */
struct layout_signature {
	char *fs; /* libblkid TYPE; "ambiguous" when there are several */
	char *uuid;
	char *label;
};

/** layout_read_signature(path, ret, err): of a whole device or image; all
 *  NULL when there is none.  Errors: ERROR_TARGET when it cannot be read. */
int layout_read_signature(const char *path, struct layout_signature *ret,
			  struct error **err);
void layout_done_signature(struct layout_signature *signature);

#endif
