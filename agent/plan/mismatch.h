/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_PLAN_MISMATCH_H
#define LANDER_PLAN_MISMATCH_H

#include <stdbool.h>
#include <stddef.h>

struct gap;
struct plan;
struct plan_disk;

/** mismatch_is(plan): no disk of the job is made for the firmware that this
 *  machine was started by, as far as disks show it.  Data disks alone are no
 *  mismatch. */
bool mismatch_is(const struct plan *plan);

/** mismatch_is_certain(plan): and there is nothing on them that lander does not
 *  know. */
bool mismatch_is_certain(const struct plan *plan);

/** mismatch_disk(plan): the one that firmware will start; NULL: none. */
const struct plan_disk *mismatch_disk(const struct plan *plan);

/**
 * mismatch_end(plan, ret_gap, buf, room): how firmware=convert will end it: an
 * EFI System Partition at ret_gap of the boot disk.  True, or false with the
 * reason in buf, a sentence without a full stop.
 */
bool mismatch_end(const struct plan *plan, struct gap *ret_gap, char *buf,
		  size_t room);

#endif
