/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_ROUNDS_H
#define LANDER_RUN_ROUNDS_H

#include <stddef.h>

#include "plan/convergence.h"

struct error;
struct job_disk;
struct migrate;

/** rounds_begin(m, err): before the first byte of a running source is read: its
 *  writes are noted from now on, where it can do that. */
int rounds_begin(struct migrate *m, struct error **err);

/** rounds_run(m, err): the stage "delta": rounds until another one would not
 *  help, or the cutover is ordered.  Nothing for a source that nobody writes
 *  to.  Errors: ERROR_CONVERGE when the downtime can't be kept and nobody is
 *  asked. */
int rounds_run(struct migrate *m, struct error **err);

/** rounds_once(m, ret_verdict, err): one round over all disks, told. */
int rounds_once(struct migrate *m, enum convergence_verdict *ret_verdict,
		struct error **err);

/** rounds_changed(m, disk, what, err): 1: brought over what was noted since the
 *  last round; 0: nobody knows.  The hashes are compared after it anyway. */
int rounds_changed(struct migrate *m, struct job_disk *disk, const char *what,
		   struct error **err);

#endif
