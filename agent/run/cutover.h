/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CUTOVER_H
#define LANDER_RUN_CUTOVER_H

struct error;
struct migrate;

/** Its name in the table of stages. */
#define CUTOVER_STAGE "final"

/** What sends the job back there. */
#define CUTOVER_AGAIN 1000

/** cutover_run(m, err): the stage "final" of a running source: waits for the
 *  order or the time, with rounds going on; then the source is held still, and
 *  all of it is compared with the copy once more.  A source that did not stand
 *  still to the end goes back to the rounds, a few times.  In a rehearsal it is
 *  not held.  Errors: ERROR_CONVERGE; ERROR_NETWORK after the last try. */
int cutover_run(struct migrate *m, struct error **err);

/** cutover_verify(m, err): reads the targets back, and makes sure that the
 *  source stood still until now.  CUTOVER_AGAIN: it did not. */
int cutover_verify(struct migrate *m, struct error **err);

/** cutover_finish(m): the commit is done: the source goes on when it was not
 *  fenced, and what the downtime really was is told. */
void cutover_finish(struct migrate *m);

#endif
