/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_READS_H
#define LANDER_SOURCE_READS_H

#include <stdbool.h>
#include <stdint.h>

struct disk;
struct order;

/** Reads that are worked on at once. */
#define READS_SLOTS 32U

/** reads_begin(): what follows needs it. */
void reads_begin(void);

/** reads_fd(): readable when something is finished, -1 when there is no
 *  waiting here; reads_busy(): how many are under way. */
int reads_fd(void);
unsigned int reads_busy(void);

/** reads_start(order, disk): fewer than READS_SLOTS must be under way; false
 *  when the agent is gone. */
bool reads_start(const struct order *order, const struct disk *disk);

/** reads_finish(): answer what is finished; false when the agent is gone. */
bool reads_finish(void);

#endif
