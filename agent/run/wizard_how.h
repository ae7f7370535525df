/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LANDER_RUN_WIZARD_HOW_H
#define LANDER_RUN_WIZARD_HOW_H

#include "run/wizard_flow.h"

struct wizard_answers;

/** wizard_how(answers): how the job is done: what people choose beside source
 *  and disks. */
enum wizard_turn wizard_how(struct wizard_answers *answers);

#endif
