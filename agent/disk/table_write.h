/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_TABLE_WRITE_H
#define LANDER_DISK_TABLE_WRITE_H

#include <stddef.h>

struct design;
struct error;

/** table_write(design, disk, err): a new partition table on the device of this
 *  DESIGN_DISK, with its partitions, and what stood on it before is wiped; the
 *  kernel knows the partitions when it returns, and they are what was asked
 *  for, by libblkid.  Without a table: only wiped.  Errors: ERROR_TARGET.
 *  Source: sfdisk(8). */
int table_write(const struct design *design, size_t disk, struct error **err);

/** table_write_tell(design, disk, err): the kernel knows the partitions of this
 *  DESIGN_DISK, also where it reads no tables itself; the disk is not read. */
int table_write_tell(const struct design *design, size_t disk,
		     struct error **err);

#endif
