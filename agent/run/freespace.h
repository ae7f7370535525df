/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FREESPACE_H
#define LANDER_RUN_FREESPACE_H

#include <stddef.h>

struct error;
struct extents;
struct job_disk;
struct migrate;

/** freespace_begin(m, err): that part of the plan, in words, as it is now. */
int freespace_begin(struct migrate *m, struct error **err);

/** freespace_ask(m, disk, err): what is free now is left out of the disk's next
 *  passes: disk->usage.  Nothing is, with free=copy.  Errors: source_usage()'s.
 */
int freespace_ask(struct migrate *m, struct job_disk *disk, struct error **err);

/** freespace_grown(m, disk, ret, err): asked again as by freespace_ask(); what
 *  was free at the last answer and is not now joins ret: it was not copied, and
 *  it need not have been written to. */
int freespace_grown(struct migrate *m, struct job_disk *disk,
		    struct extents *ret, struct error **err);

/** freespace_verify(m, disk, err): what was left out of the copy is free by the
 *  copy's own file systems, as they lie on the target; the source must have
 *  stood still.  Errors: ERROR_VERIFY, ERROR_TARGET. */
int freespace_verify(struct migrate *m, struct job_disk *disk,
		     struct error **err);

/** freespace_but(disk, buf, room): ", but for 3.2 GiB of free space", what was
 *  left out of its last pass, or "". */
const char *freespace_but(const struct job_disk *disk, char *buf, size_t room);

#endif
