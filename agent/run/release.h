/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_RELEASE_H
#define LANDER_RUN_RELEASE_H

struct migrate;

/** release_watch(m): from now until release_end(m) an order to stop lets the
 *  source go at once, whatever else is under way; nobody else may ask the
 *  source meanwhile.  Nothing is watched when it is not held. */
void release_watch(struct migrate *m);
void release_end(struct migrate *m);

#endif
