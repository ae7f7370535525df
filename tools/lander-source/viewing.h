/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_VIEWING_H
#define LANDER_SOURCE_VIEWING_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct order;

/** viewing_order(order, disk): VIEW of PROTOCOL.md, for an open disk; false
 *  when the agent is gone. */
bool viewing_order(const struct order *order, struct disk *disk);

/** viewing_turn(): milliseconds until this is due again, -1: never.  Lets go of
 *  snapshots that are over, so that they can be removed. */
int viewing_turn(void);

/** viewing_over(): what was read through the view may not be true. */
bool viewing_over(void);

/** viewing_is_whole(disk, offset, length, ret_fd, ret_offset): whether all of
 *  it is read at one place, and which. */
bool viewing_is_whole(const struct disk *disk, uint64_t offset, uint32_t length,
		      int *ret_fd, uint64_t *ret_offset);

/** viewing_read(disk, offset, length, data): its length, or a negative errno.
 */
long viewing_read(const struct disk *disk, uint64_t offset, uint32_t length,
		  uint8_t *data);

#endif
