/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PROBE_H
#define LANDER_RUN_PROBE_H

struct error;
struct migrate;

/** probe_disks(m, err): the disks of this machine and what they hold; finds a
 *  commit that was cut, and a system whose receipt names this job. */
int probe_disks(struct migrate *m, struct error **err);

/** probe_sources(m, err): connect, list, choose the targets: fills m->plan. */
int probe_sources(struct migrate *m, struct error **err);

#endif
