/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FACTS_H
#define LANDER_RUN_FACTS_H

struct report;

/** facts_start(report): how this machine was started, one line. */
void facts_start(struct report *report);

/** facts_tell(report): what this machine is: firmware, processors, memory,
 *  network cards, and its disks with what they hold.  It only reads. */
void facts_tell(struct report *report);

#endif
