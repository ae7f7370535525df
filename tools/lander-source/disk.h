/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DISK_H
#define LANDER_SOURCE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "source/wire.h"

struct order;
struct text;

/** A disk that was opened. */
struct disk {
	bool open;
	int fd;
	char number[24]; /* "8:0"; "" for a file */
	uint32_t
		viewed; /* 1 + its place in the view it is read through, or 0 */
	struct wire_disk about;
};

/** disk_allow(names): only these may be opened from now on, NULL-terminated;
 *  without it, every block device and every file. */
void disk_allow(char *const *names);

/** disk_is_allowed(path): whether this one may: a name in /dev, or a path. */
bool disk_is_allowed(const char *path);

/** disk_open(disk, path, why): a block device's name in /dev, or the path of
 *  one or of a file.  As disk_check(). */
int disk_open(struct disk *disk, const char *path, struct text *why);

/** disk_check(disk, why): its present stamp, and whether somebody may write to
 *  it: WIRE_DISK_WRITERS, and who in why.  0, or a positive errno with its
 * reason in why. */
int disk_check(struct disk *disk, struct text *why);

/** disk_count_writes(number): sectors written and discarded since the machine
 *  started, of the disk of this number. */
uint64_t disk_count_writes(const char *number);

/** disk_extents(disk, order, ret, ret_count): what may not be zero in the
 *  range, pairs of offset and length, at most WIRE_EXTENTS_MAX; returns where
 *  the answer ends. */
uint64_t disk_extents(const struct disk *disk, const struct order *order,
		      uint64_t (*ret)[2], unsigned int *ret_count);

#endif
