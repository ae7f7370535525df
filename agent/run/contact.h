/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTACT_H
#define LANDER_RUN_CONTACT_H

struct error;
struct machine;
struct migrate;

/** contact_open(m, ret, err): logged in to the job's source, its disks open by
 *  their places in the plan; machine_close() it.  Errors: machine_open()'s. */
int contact_open(struct migrate *m, struct machine **ret, struct error **err);

#endif
