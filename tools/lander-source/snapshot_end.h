/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_SNAPSHOT_END_H
#define LANDER_SOURCE_SNAPSHOT_END_H

#include <stdbool.h>

struct text;
struct view;

/** How the name of every snapshot of ours begins; then its keeper's number and
 *  when that began. */
#define SNAPSHOT_END_PREFIX "lander-"

/** snapshot_end_check(view, why): whether all of it is still true.  0, or a
 *  positive errno: ENOSPC, a snapshot ran full; ESTALE. */
int snapshot_end_check(const struct view *view, struct text *why);

/** snapshot_end_all(view, to): the view is over, and the snapshots are removed,
 *  a line each; waits a while for who still reads them.  False: one is left. */
bool snapshot_end_all(struct view *view, struct text *to);

/** snapshot_end_sweep(to): removes snapshots whose keeper was killed, a line
 *  each. */
void snapshot_end_sweep(struct text *to);

#endif
