/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_FSCK_H
#define LANDER_DISK_FSCK_H

#include <stdatomic.h>
#include <stdbool.h>

struct error;

/**
 * fsck_device(device, fs, stop, err): makes whole what a power cut left in the
 * middle of a change, where no mount does that: "vfat", and "ext2", "ext3" and
 * "ext4", of which not all have a journal.  The others have logs that the
 * kernel replays: nothing is done.  Files may be shorter afterwards, or gone.
 * 1: it was not whole; 0: it was.  Errors: ERROR_TARGET, what the tool could
 * not mend. Sources: fsck.fat(8), e2fsck(8).
 */
int fsck_device(const char *device, const char *fs, const _Atomic bool *stop,
		struct error **err);

#endif
