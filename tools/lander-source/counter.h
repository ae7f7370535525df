/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_COUNTER_H
#define LANDER_SOURCE_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

struct text;

/** What went through a disk since its machine started, in sectors of 512
 *  bytes. */
struct counter {
	uint64_t read;
	uint64_t written;
	uint64_t discarded;
};

/** counter_take(number, ret): of the disk or partition of this number, "8:0".
 *  False when the kernel shows no count of it. */
bool counter_take(const char *number, struct counter *ret);

/** counter_stamp(number): sectors written and discarded, a number that another
 *  write changes: with NVMe of several paths some may be in it twice. */
uint64_t counter_stamp(const char *number);

/** counter_check(number, fd, why): whether it is counted at all, which a read
 *  of one block shows through fd, open past the page cache.  0, or a positive
 *  errno with words in why: EOPNOTSUPP, and how to switch it on. */
int counter_check(const char *number, int fd, struct text *why);

#endif
