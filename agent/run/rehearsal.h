/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_REHEARSAL_H
#define LANDER_RUN_REHEARSAL_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct migrate;
struct steps;

/** rehearsal_asked(m): lander.rehearse is on. */
bool rehearsal_asked(const struct migrate *m);

/** rehearsal_check(m, err): it can be done: the targets are disks.  Refused
 *  before anything is written. */
int rehearsal_check(const struct migrate *m, struct error **err);

/** rehearsal_room(m, ret, err): bytes of memory for what is changed on one
 *  disk: all of them together take half of what is free.
 *  Errors: ERROR_CONVERT when that is too little to be of use. */
int rehearsal_room(const struct migrate *m, uint64_t *ret_room,
		   struct error **err);

/** rehearsal_tell(m, steps): the stations of the boot check, one by one. */
void rehearsal_tell(struct migrate *m, const struct steps *steps);

/** rehearsal_judge(m, r, err): what came of a conversion that returned r, while
 *  its stage devices are there.  0 when it would boot, or may; else the error
 *  says what is in the way.  The stages after it are not run. */
int rehearsal_judge(struct migrate *m, int r, struct error **err);

#endif
