/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FENCE_H
#define LANDER_RUN_FENCE_H

struct error;
struct migrate;

/** fence_source(m, err): what fence= says; from the order on there is no way
 *  back, and an order to stop is too late.  Errors: ERROR_ABORTED before that;
 *  ERROR_NETWORK: it may be off, m->live.doubtful says so. */
int fence_source(struct migrate *m, struct error **err);

#endif
