/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SERVE_H
#define LANDER_RUN_SERVE_H

#include <stdatomic.h>
#include <stdbool.h>

struct config;
struct migrate_end;
struct report;

/**
 * serve_run(config, report, machine, stop, ret_end): source mode: this
 * machine's disks can be read over SSH until somebody ends it.  Returns when
 * *stop was set (status 0) or after a failure, which has been reported; in the
 * live system the power button and `poweroff` switch it off.
 */
void serve_run(const struct config *config, struct report *report, bool machine,
	       const _Atomic bool *stop, struct migrate_end *ret_end);

#endif
