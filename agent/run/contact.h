/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONTACT_H
#define LANDER_RUN_CONTACT_H

struct error;
struct machine;
struct migrate;
struct source_spec;

/** contact_open(m, ret, err): logged in to the job's source, its disks open by
 *  their places in the plan; machine_close() it.  Errors: machine_open()'s. */
int contact_open(struct migrate *m, struct machine **ret, struct error **err);

/** contact_spec(m, jump, ret, err): that source, for who logs in himself; no
 *  disk of it is meant.  What it points to is the job's, and jump. */
int contact_spec(struct migrate *m, struct source_spec *jump,
		 struct source_spec *ret, struct error **err);

#endif
