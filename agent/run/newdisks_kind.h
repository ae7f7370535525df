/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_NEWDISKS_KIND_H
#define LANDER_RUN_NEWDISKS_KIND_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct migrate;

/** newdisks_kind(m, ret, err): a digest of the new layout, XXH3-128 in its
 *  canonical form, for the records of its disks.  Errors: ENOMEM. */
int newdisks_kind(const struct migrate *m, uint8_t ret[16], struct error **err);

/** newdisks_kind_there(m, kind): whether an earlier start made it, on all
 * disks. */
bool newdisks_kind_there(const struct migrate *m, const uint8_t kind[16]);

#endif
