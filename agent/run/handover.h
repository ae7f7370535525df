/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_HANDOVER_H
#define LANDER_RUN_HANDOVER_H

#include <stdbool.h>

struct config;
struct migrate_end;
struct report;

/**
 * handover_after(config, report, end): what after= says, on this machine.
 * Returns only with after=wait, or when nothing of it worked (said on the
 * consoles).
 */
void handover_after(const struct config *config, struct report *report,
		    const struct migrate_end *end);

/**
 * handover_onfail(config, report, end): what onfail= says.  Returns when the
 * job is to be tried again.
 */
void handover_onfail(const struct config *config, struct report *report,
		     const struct migrate_end *end);

/** handover_wait(report, seconds, text): a heartbeat line every minute;
 *  seconds 0 is for ever. */
void handover_wait(struct report *report, unsigned int seconds,
		   const char *text);

#endif
