/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_SYSTEM_H
#define LANDER_RUN_SYSTEM_H

struct error;
struct migrate;

/** system_convert(m, err): the one Linux system on the stage devices of the
 *  job, wherever on them it lies, is made to start on this machine, and gets
 *  the receipt; other systems beside it, where root= says which one it is, get
 *  the receipt only.
 *  Errors (ERROR_CONVERT): two systems and no root=; a disk that firmware would
 *  start, and no system that lander knows; one that is encrypted. */
int system_convert(struct migrate *m, struct error **err);

#endif
