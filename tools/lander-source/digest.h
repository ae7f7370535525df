/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_DIGEST_H
#define LANDER_SOURCE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct order;

/** HASHes that are worked on at once, and reads of a piece of one. */
#define DIGEST_MAX    32U
#define DIGEST_PIECES 16U

/** digest_start(order, disk): HASH; fewer than DIGEST_MAX must be under way. */
void digest_start(const struct order *order, const struct disk *disk);

/** digest_busy(): how many are under way. */
unsigned int digest_busy(void);

/** digest_go_on(): start the reads that there is room for, the oldest HASH's
 *  first; after every step of others.  False when the agent is gone. */
bool digest_go_on(void);

#endif
