/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_CONVERSION_H
#define LANDER_RUN_CONVERSION_H

struct error;
struct migrate;

/** conversion_run(m, err): on the stage devices of all disks: the backup GPT to
 *  the end, the system of the boot disk (else the first that is found) made to
 *  start on this machine, a receipt into each. */
int conversion_run(struct migrate *m, struct error **err);

#endif
