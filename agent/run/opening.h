/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_OPENING_H
#define LANDER_RUN_OPENING_H

struct error;
struct job_disk;
struct migrate;

/** opening_claim(m, disk, err): all that can fail without a write: the target
 *  is ours and what it was at the probe, the source answers. */
int opening_claim(const struct migrate *m, struct job_disk *disk,
		  struct error **err);

/**
 * opening_begin(m, disk, err): a record on the target: a new one, or that of an
 * earlier start and what of it counts (disk->copied, verified, parked; stale:
 * what is on it is not known to be the source's present state).
 */
int opening_begin(struct migrate *m, struct job_disk *disk, struct error **err);

/** opening_forget(disk, why, err): nothing that the record says counts. */
int opening_forget(struct job_disk *disk, const char *why, struct error **err);

extern const char opening_not_recorded[];

#endif
