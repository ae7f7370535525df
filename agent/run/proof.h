/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_PROOF_H
#define LANDER_RUN_PROOF_H

struct error;
struct job_disk;
struct migrate;
struct root;

/** proof_leave(m, disk, root, err): the receipt and the log into a mounted
 *  system; one that has no place for them is told.  Errors: EIO, its disk
 *  failed. */
int proof_leave(struct migrate *m, const struct job_disk *disk,
		const struct root *root, struct error **err);

/** proof_tell(m): the receipt for the reports, of a job that left none in a
 *  system. */
void proof_tell(struct migrate *m);

#endif
