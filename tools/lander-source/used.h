/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_USED_H
#define LANDER_SOURCE_USED_H

#include <stdbool.h>

struct disk;
struct order;

/** used_answer(order, disk): to USED of a disk that is open.  False when the
 *  agent is gone. */
bool used_answer(const struct order *order, const struct disk *disk);

#endif
