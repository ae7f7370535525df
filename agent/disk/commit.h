/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_DISK_COMMIT_H
#define LANDER_DISK_COMMIT_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct record;
struct target;

/**
 * The commit of one disk, in steps that a power cut may separate anywhere.
 * Order over several disks: commit_park() on every disk, then commit_finish()
 * on the data disks, then on the boot disk.  agent/DESIGN.md, D6.
 */

/**
 * commit_park(target, record, sector0, err): put sector0 (logical_block bytes)
 * where a later start finds it without the source: deflated into the record
 * when it fits, else into an all-zero sector outside every structure (GPT
 * headers, entries, partitions; MBR: behind the core image), written and
 * flushed first; then the record with RECORD_COMMIT, flushed.
 * Errors: ENOSPC when there is no such place (ERROR_TARGET): the record stays
 * as it was and the caller may commit with commit_write() from memory.
 */
int commit_park(struct target *target, struct record *record,
		const void *sector0, struct error **err);

/** commit_keep(target, record, sector0, err): of a copy of files: the staged
 *  sector 0 into the record while the job goes on; flushed.
 *  commit_kept(record, sector, length, err): that one, logical_block bytes.
 *  Errors: ENOSPC: boot code is in it, which no new layout has; EILSEQ: there
 *  is none. */
int commit_keep(struct target *target, struct record *record,
		const void *sector0, struct error **err);
int commit_kept(const struct record *record, void *sector, size_t length,
		struct error **err);

/** commit_unpark(target, record, err): undo commit_park(), the record first: it
 *  says RECORD_STAGE again. */
int commit_unpark(struct target *target, struct record *record,
		  struct error **err);

/** commit_fetch(target, record, sector, err): the sector 0 (logical_block
 * bytes) that a record in state commit keeps or has parked, its digest checked.
 */
int commit_fetch(struct target *target, const struct record *record,
		 void *sector, struct error **err);

/** commit_finish(target, record, err): fetch sector 0 from the record or the
 *  park, check its digest, write it, flush, read it back, zero the park,
 *  flush.  Needs nothing but the disk: also the resume of a cut commit. */
int commit_finish(struct target *target, const struct record *record,
		  struct error **err);

/** commit_write(target, sector0, err): the one write, flush, read-back. */
int commit_write(struct target *target, const void *sector0,
		 struct error **err);

#endif
