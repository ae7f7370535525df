/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PROBE_H
#define LANDER_RUN_PROBE_H

#include <stdbool.h>

struct content;
struct error;
struct migrate;

/** probe_disks(m, err): the disks of this machine and what they hold; finds a
 *  commit that was cut, and a system whose receipt names this job. */
int probe_disks(struct migrate *m, struct error **err);

/** probe_is_own(m, content): it is a valid record of this job. */
bool probe_is_own(const struct migrate *m, const struct content *content);

/** probe_key(m, err): the bytes of luks=, read before anything is touched: a
 *  name that leads nowhere is a slip. */
int probe_key(struct migrate *m, struct error **err);

#endif
