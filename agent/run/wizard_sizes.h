/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_SIZES_H
#define LANDER_RUN_WIZARD_SIZES_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_sizes(answers, plan): the lines `part PLACE …` of a new layout's
 * plan, each to be changed.  WIZARD_NEXT: the plan is to be made again, with
 * what answers->part says now; WIZARD_BACK: it stays as it was. */
enum wizard_turn wizard_sizes(struct wizard_answers *answers, const char *plan);

#endif
