/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_REFIT_H
#define LANDER_RUN_REFIT_H

struct error;
struct job_disk;
struct migrate;

/**
 * refit_run(m, disk, err): firmware=convert on the staged boot disk: when the
 * job's disks are made for the other firmware only, this one gets an EFI System
 * Partition with a loader, before the conversion, which finds it in place.
 * Nothing is done in all other cases.  Errors: ERROR_CONVERT.
 */
int refit_run(struct migrate *m, struct job_disk *disk, struct error **err);

#endif
