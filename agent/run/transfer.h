/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_TRANSFER_H
#define LANDER_RUN_TRANSFER_H

struct error;
struct migrate;

/** transfer_full(m, err): a record on every target, then the data, disk by
 *  disk; goes on from what an earlier start left. */
int transfer_full(struct migrate *m, struct error **err);

/** transfer_verify(m, err): read every target back and compare. */
int transfer_verify(struct migrate *m, struct error **err);

#endif
