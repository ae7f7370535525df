/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_NEWDISKS_H
#define LANDER_RUN_NEWDISKS_H

struct error;
struct migrate;

/**
 * newdisks_open(m, err): the new layout of mode=file is on the targets, made
 * now or at an earlier start, and its file systems are mounted: tree of
 * m->fitting.  The targets are claimed and have their records; from here on
 * the stage devices have them.
 */
int newdisks_open(struct migrate *m, struct error **err);

/** newdisks_unmount(m, err): nothing of it is in use any more; the stage
 *  devices stay.  May be called again. */
int newdisks_unmount(struct migrate *m, struct error **err);

/** newdisks_drop(m): unmounted, stage devices and all closed, whatever state
 *  they are in. */
void newdisks_drop(struct migrate *m);

#endif
