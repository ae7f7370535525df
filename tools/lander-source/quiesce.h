/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_QUIESCE_H
#define LANDER_SOURCE_QUIESCE_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct order;

/** quiesce_allow(quiesce, fence): what may be asked of this lander-source. */
void quiesce_allow(bool quiesce, bool fence);

/** quiesce_order(order, disks): PREPARE to FENCE, for the open ones of the
 *  WIRE_DISKS_MAX disks; false when the agent is gone. */
bool quiesce_order(const struct order *order, const struct disk *disks);

/** quiesce_view(): the key of the view that is held, 0: none. */
uint64_t quiesce_view(void);

/** quiesce_fd(): what to poll(2) for, -1 for nothing; quiesce_turn(): when it
 *  is readable; false when the agent is gone. */
int quiesce_fd(void);
bool quiesce_turn(void);

#endif
