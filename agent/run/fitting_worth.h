/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_FITTING_WORTH_H
#define LANDER_RUN_FITTING_WORTH_H

struct error;
struct fitting_disks;
struct migrate;

/** fitting_worth(m, choice, err): m->fitting's layout, for those disks. Errors:
 *  ERROR_REFUSED: of mode=auto, blocks are better; or nothing would start it,
 *  and what to do. */
int fitting_worth(struct migrate *m, const struct fitting_disks *choice,
		  struct error **err);

#endif
