/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_HANDOVER_H
#define LANDER_RUN_HANDOVER_H

struct config;
struct control;
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
 * handover_onfail(config, report, orders, end): what onfail= says.  Returns
 * when the job is to be tried again: a wait ends with the order to.
 */
void handover_onfail(const struct config *config, struct report *report,
		     struct control *orders, const struct migrate_end *end);

#endif
