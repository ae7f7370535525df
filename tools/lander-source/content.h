/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_CONTENT_H
#define LANDER_SOURCE_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct order;

/** READs and DIFFs that are worked on at once. */
#define CONTENT_MAX 32U

/** content_start(order, disk): READ or DIFF; fewer than CONTENT_MAX must be
 *  under way.  False when the agent is gone. */
bool content_start(const struct order *order, const struct disk *disk);

/** content_busy(): how many are under way. */
unsigned int content_busy(void);

/** content_is_zero(at, length): a multiple of 512 bytes, aligned to 8. */
bool content_is_zero(const uint8_t *at, uint32_t length);

#endif
