/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_PLAN_H
#define LANDER_RUN_WIZARD_PLAN_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_plan_show(answers): the job's own checks and its own plan, with
 *  nothing written; then the word that begins it.  WIZARD_NEXT: it was typed.
 */
enum wizard_turn wizard_plan_show(struct wizard_answers *answers);

#endif
