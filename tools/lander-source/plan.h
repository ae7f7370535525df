/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_PLAN_H
#define LANDER_SOURCE_PLAN_H

struct devices;
struct hold;
struct text;

/** plan_make(hold, why): from its kind and its disks: which file systems and
 *  swap that means, each file system opened.  0, or a positive errno with all
 *  that is in the way in why; plan_forget() is due once, in both cases. */
int plan_make(struct hold *hold, struct text *why);
void plan_forget(struct hold *hold);

/** plan_snapshots(hold, done, why): the rest of a plan for snapshots, for which
 *  programs are run; as snapshot_plan().  plan_devices(): what was found. */
int plan_snapshots(struct hold *hold, struct text *done, struct text *why);
struct devices *plan_devices(void);

/** plan_tell_raw(to): who has the devices of the last plan themselves open for
 *  writing: ": NAME (PID) has /dev/…"; nobody holds him back. */
void plan_tell_raw(struct text *to);

/** plan_tell(hold, to): what is going to be done and what that means for who
 *  uses this machine, a line each. */
void plan_tell(const struct hold *hold, struct text *to);

#endif
