/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_LIVESCRIPT_H
#define LANDER_RUN_LIVESCRIPT_H

struct error;
struct migrate;

/**
 * The job's scripts that run in this system, by its own interpreters, 1800 s
 * each at most and ended by an order to abort; their output goes to the log.
 * Their environment is this process's and
 *   LANDER_JOB=UUID  LANDER_SOURCE=URI  LANDER_SCRIPT=origin  LANDER_STAGE=name
 *   LANDER_DISKS="/dev/vda /dev/vdb" (targets; empty in %pre)
 *   LANDER_STATUS=exit status and LANDER_MESSAGE=why (empty in %pre)
 *
 * livescript_pre(m, err): the first one that does not end with 0 is an error,
 * ERROR_REFUSED, or ERROR_ABORTED.
 * livescript_final(m): a failure is told and the next one runs.
 * livescript_fail(m, stage, error): the same; 60 s after an order to abort.
 */
int livescript_pre(const struct migrate *m, struct error **err);
void livescript_final(const struct migrate *m);
void livescript_fail(const struct migrate *m, const char *stage,
		     const struct error *error);

#endif
