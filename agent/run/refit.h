/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_REFIT_H
#define LANDER_RUN_REFIT_H

struct error;
struct migrate;
struct root;
struct volumes;

/**
 * refit_disk(m, err): firmware=convert on the staged boot disk, of which
 * nothing is open yet: when the job's disks are made for the other firmware
 * only, it gets an EFI System Partition, empty, noted in m->esp.  Nothing is
 * done in all other cases.  Errors: ERROR_CONVERT.
 */
int refit_disk(struct migrate *m, struct error **err);

/**
 * refit_root(m, volumes, root, err): that partition gets a loader for the
 * system in root, and root's fstab mounts it.  Returns 1 when it did: root is
 * to be opened again then, with the partition in it; 0 when there is none.
 * Errors: ERROR_CONVERT.
 */
int refit_root(struct migrate *m, const struct volumes *volumes,
	       const struct root *root, struct error **err);

#endif
