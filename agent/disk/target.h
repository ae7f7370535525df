/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_TARGET_H
#define LANDER_DISK_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blockdev;
struct error;
struct record;

/** An open target disk.  Fields are for reading. */
struct target {
	int fd;	    /* O_RDWR, O_DIRECT when direct */
	char *path; /* for messages */
	uint64_t size;
	uint32_t logical_block;
	bool is_block;
	bool direct;		/* transfers must be aligned to logical_block */
	unsigned int zero_ways; /* what target_zero has not yet seen fail */
};

/**
 * target_open(disk, size, ret, err): open for writing; O_EXCL on a block
 * device, so that a mounted or held one is refused by the kernel too.  size
 * (bytes, 0 = leave) is what a regular file is extended to.
 * Errors: ERROR_TARGET with the errno of open(2).
 */
int target_open(const struct blockdev *disk, uint64_t size,
		struct target **ret_target, struct error **err);
void target_close(struct target *target); /* NULL does nothing */

/** target_read/target_write(target, buf, length, offset, err): any buffer, any
 *  alignment of buf; offset and length multiples of logical_block.  Small and
 *  rare things only (record, sector 0, park): each write is O_DIRECT. */
int target_read(struct target *target, void *buf, size_t length,
		uint64_t offset, struct error **err);
int target_write(struct target *target, const void *buf, size_t length,
		 uint64_t offset, struct error **err);

/**
 * target_zero(target, offset, length, err): [offset, offset + length) reads as
 * zeroes, whatever it held; multiples of logical_block.  Ladder, remembered:
 * punch hole (file), BLKZEROOUT where the device has write-zeroes, else read
 * and write zeroes only where there is something else (a blank thin disk stays
 * thin).  Thread-safe.  Source: ioctl_blk BLKZEROOUT, fallocate(2).
 */
int target_zero(struct target *target, uint64_t offset, uint64_t length,
		struct error **err);

/** target_flush(target, err): fdatasync(2), the disk's cache included. */
int target_flush(struct target *target, struct error **err);

/** target_write_record(target, record, err): sequence + 1, one direct write
 *  of sector 0 (rest of a 4096-byte sector zero), flush. */
int target_write_record(struct target *target, struct record *record,
			struct error **err);

#endif
