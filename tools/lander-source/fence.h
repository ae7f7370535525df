/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_SOURCE_FENCE_H
#define LANDER_SOURCE_FENCE_H

#include "source/wire.h"

/** fence_run(kind): after a second, for the answer to get away.  Switched off
 *  at once, with nothing written; or every link but the loopback set down.  0,
 *  or a negative errno: it was not to be. */
long fence_run(enum wire_fence kind);

/** fence_stay(): for a minute, links that something sets up go down again. */
void fence_stay(void);

#endif
