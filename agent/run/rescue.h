/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_RESCUE_H
#define LANDER_RUN_RESCUE_H

#include <stdbool.h>

struct config;
struct migrate_end;
struct report;

/**
 * rescue_run(config, report, machine, ret_end): what lander.rescue asks for in
 * the place of a job.  In the live system it never returns: the shells stay, or
 * the facts.  Nothing here writes to a disk.
 */
void rescue_run(const struct config *config, struct report *report,
		bool machine, struct migrate_end *ret_end);

#endif
