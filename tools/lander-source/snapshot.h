/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SNAPSHOT_H
#define LANDER_SOURCE_SNAPSHOT_H

struct devices;
struct hold;
struct text;

/** snapshot_plan(hold, devices, done, why): what a view of the disks,
 *  hold->view, would consist of.  0, or a positive errno with all that is in
 *  the way in why.  Runs programs of this machine, and changes nothing but that
 *  what a killed one of ours has left is removed: a line each in done. */
int snapshot_plan(struct hold *hold, struct devices *devices, struct text *done,
		  struct text *why);

/** snapshot_tell(hold, to): what it means for this machine, a line each. */
void snapshot_tell(const struct hold *hold, struct text *to);

/** snapshot_make(hold, devices, done, why): the view becomes true: the
 * snapshots are there, and what is kept in memory, too.  0, or a positive
 * errno: then snapshot_end_all() is due. */
int snapshot_make(struct hold *hold, struct devices *devices, struct text *done,
		  struct text *why);

#endif
