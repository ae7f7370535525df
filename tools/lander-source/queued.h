/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_QUEUED_H
#define LANDER_SOURCE_QUEUED_H

#include <stdbool.h>
#include <stdint.h>

struct ring_event;
struct tracker;

/** queued_note(tracker, event): a discard that was asked for, and may be done
 *  later than the next CUT.  False when there are more than can be kept. */
bool queued_note(struct tracker *tracker, const struct ring_event *event);

/** queued_repeat(tracker, disk): at the beginning of a CUT: mark what was asked
 *  for before the last one, again and for the last time. */
void queued_repeat(struct tracker *tracker, uint32_t disk);

/** queued_age(disk): at the end of a CUT. */
void queued_age(uint32_t disk);

#endif
