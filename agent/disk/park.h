/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_PARK_H
#define LANDER_DISK_PARK_H

#include <stdint.h>

struct error;
struct target;

/**
 * park_find(target, sector0, ret_offset, err): the byte offset of a sector
 * that is all zero and in no structure that sector0 (the real one,
 * logical_block bytes) and the disk behind it describe.  GPT: between the
 * entries and the first partition from the top, then between partitions, then
 * behind the last; MBR: the first track from the top, and so on.  Never the
 * backup GPT's place.  Sources: UEFI 2.10 §5.2, §5.3.
 * Errors: ENOSPC when there is no such sector (ERROR_TARGET).
 */
int park_find(struct target *target, const void *sector0, uint64_t *ret_offset,
	      struct error **err);

#endif
