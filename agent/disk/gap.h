/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_GAP_H
#define LANDER_DISK_GAP_H

#include <stdint.h>

struct layout;

/** A place for one more partition. */
struct gap {
	uint64_t start;	     /* bytes, a multiple of 1 MiB */
	uint64_t length;     /* bytes, a multiple of 1 MiB */
	unsigned int number; /* that the partition will have */
};

/** Why there is none. */
enum gap_verdict {
	GAP_FOUND,
	GAP_NO_TABLE, /* neither MBR nor GPT */
	GAP_NO_ENTRY, /* the table is full: four primaries of an MBR */
	GAP_NO_ROOM,  /* no stretch between partitions is long enough */
};

/** A disk as it will be. */
struct gap_disk {
	const struct layout
		*layout; /* of the source, for an MBR without its
			  * logical partitions: they lie in their
			  * extended one, and nothing is put there */
	uint64_t size;	 /* bytes, of the target */
	uint32_t sector; /* bytes */
};

/** What to look for, bytes. */
struct gap_wish {
	uint64_t best;	/* so long, when there is so much */
	uint64_t least; /* not shorter */
};

/** GAP_ESP(sector): an EFI System Partition.  FAT32 has at least 65525
 *  clusters, of one sector here: 32 MiB of 512 bytes, 256 MiB of 4096, and its
 *  tables.  Source: UEFI 2.10, 13.3; Microsoft's FAT specification, 3.5. */
struct gap_wish gap_esp(uint32_t sector);

/**
 * gap_find(disk, wish, ret): outside every partition (an extended one counts
 * whole), and outside the first and the last MiB, where boot code and partition
 * tables are.  At the end of the last stretch that is long enough, so that the
 * partition in front of it can still grow; else the longest one.  With an MBR
 * below 2^32 sectors, and in a primary entry: firmware need not look at others
 * (UEFI 2.10, 5.2).  The number is the lowest free one.
 */
enum gap_verdict gap_find(const struct gap_disk *disk, struct gap_wish wish,
			  struct gap *ret_gap);

#endif
