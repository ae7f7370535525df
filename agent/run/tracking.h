/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_TRACKING_H
#define LANDER_RUN_TRACKING_H

#include <stdbool.h>

struct error;
struct extents;
struct job_disk;
struct migrate;

/** tracking_begin(m): the source's kernel notes its writes from now on, disk by
 *  disk, where it can; else that is told, and hashes are compared. */
void tracking_begin(struct migrate *m);

/**
 * tracking_cut(m, disk, ret): what was written to since the last one; false
 * when nobody can tell: then all of the disk is to be compared.  What is to be
 * read is read after this.
 */
bool tracking_cut(struct migrate *m, const struct job_disk *disk,
		  struct extents *ret);

/** tracking_judge(m, disk): after the last comparison, which found what it
 *  found although all noted writes had been brought over: what the notes missed
 *  is told, counted and repaired by then. */
void tracking_judge(struct migrate *m, const struct job_disk *disk);

#endif
