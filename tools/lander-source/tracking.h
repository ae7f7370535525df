/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_TRACKING_H
#define LANDER_SOURCE_TRACKING_H

#include <stdbool.h>

struct disk;
struct order;

/** tracking_allow(allowed): whether TRACK is, which makes a trace instance; not
 *  before. */
void tracking_allow(bool allowed);

/** tracking_answer(order, disks): to TRACK or CUT of a disk that is open; disks
 *  is all of them.  False when the agent is gone. */
bool tracking_answer(const struct order *order, const struct disk *disks);

#endif
