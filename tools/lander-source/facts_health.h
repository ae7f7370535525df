/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FACTS_HEALTH_H
#define LANDER_SOURCE_FACTS_HEALTH_H

struct text;

/** facts_health_tell(to): fields of FACTS about what this machine can do and
 *  what it is short of: rights, memory, swap, processors, clock, tracing,
 *  lockdown, Secure Boot, places for programs. */
void facts_health_tell(struct text *to);

#endif
