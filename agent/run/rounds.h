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

/** rounds_changed(m, disk, what, err): brings over what was noted since the
 *  last round, where that is known; the hashes are compared after it anyway. */
int rounds_changed(struct migrate *m, struct job_disk *disk, const char *what,
		   struct error **err);

/** rounds_refuse(m, verdict, err): ERROR_CONVERGE: the downtime that is
 *  predicted, of what it is made, and what would help. */
int rounds_refuse(const struct migrate *m, enum convergence_verdict verdict,
		  struct error **err);

/** rounds_time(seconds, buf, room): "41 s", "3 min 20 s", "not known". */
const char *rounds_time(double seconds, char *buf, size_t room);

#endif
