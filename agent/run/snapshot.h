/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SNAPSHOT_H
#define LANDER_RUN_SNAPSHOT_H

#include <stdbool.h>

struct error;
struct migrate;

/** snapshot_asked(m): the source is in use and goes on: what is copied is how
 *  it was when its LVM made snapshots of it (quiesce=snapshot). */
bool snapshot_asked(const struct migrate *m);

/** snapshot_tell(m, text): that part of the plan; text: what the source says
 *  it would do, a line each, and is taken apart. */
void snapshot_tell(struct migrate *m, char *text);

/** snapshot_tell_removed(m, text): what of that is done already: what a killed
 *  lander had left there is gone. */
void snapshot_tell_removed(struct migrate *m, const char *text);

/** snapshot_take(m, err): from now on its disks are read as they are now. */
int snapshot_take(struct migrate *m, struct error **err);

/** snapshot_held(m, err): all that was read since was of that moment.  Errors:
 *  ERROR_SOURCE: a snapshot ran full; ERROR_NETWORK: another one may hold. */
int snapshot_held(struct migrate *m, struct error **err);

/** snapshot_explain(m, r, err): of a read that failed: when it is because the
 *  snapshots are over, that is the error. */
int snapshot_explain(struct migrate *m, int r, struct error **err);

/** snapshot_release(m): they are removed, and the disks are read as they are;
 *  sets live.words. */
void snapshot_release(struct migrate *m);

/** snapshot_time(m): of the moment, UTC, in words of 20 letters; "" before it.
 */
const char *snapshot_time(struct migrate *m);

#endif
