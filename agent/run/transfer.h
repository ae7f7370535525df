/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_TRANSFER_H
#define LANDER_RUN_TRANSFER_H

struct error;
struct extents;
struct job_disk;
struct migrate;

/** transfer_full(m, err): a record on every target, then the data, disk by
 *  disk; goes on from what an earlier start left. */
int transfer_full(struct migrate *m, struct error **err);

/** transfer_verify(m, err): read every target back and compare. */
int transfer_verify(struct migrate *m, struct error **err);

/**
 * For the rounds of a source that can SOURCE_HASH, one disk at a time; what
 * names the pass on the console ("round 2", "final").  The figures stay in
 * disk->progress until the next pass; what came over is added to
 * disk->received and m->received.
 *
 * transfer_compare_disk(m, disk, what, err): a hash round, see pass_compare().
 * transfer_changed_disk(m, disk, changes, err): a tracked one, see
 * pass_changed(); the map has unknown chunks after it, until the next hash
 * round.
 */
struct transfer_changes {
	const struct extents *extents;
	const char *what;
};
int transfer_compare_disk(struct migrate *m, struct job_disk *disk,
			  const char *what, struct error **err);
int transfer_changed_disk(struct migrate *m, struct job_disk *disk,
			  const struct transfer_changes *changes,
			  struct error **err);

/** transfer_verify_disk(m, disk, err): read all of the target back and compare
 *  it with the map, whose chunks are all known.  Sets disk->digest and
 *  disk->verified; the record is not written. */
int transfer_verify_disk(struct migrate *m, struct job_disk *disk,
			 struct error **err);

#endif
